import type { LiveTransport } from "../../server/web/live-protocol.js";
import { Announcer } from "./announcer.js";
import { CameraViews } from "./camera-views.js";
import { type Command, commandOf } from "./command.js";
import { element } from "./element.js";
import { watchIdle } from "./idle.js";
import { ServerLink } from "./server-link.js";
import { Toolbar } from "./toolbar.js";

const LOOK_INTERVAL_MS = 250;

/** The page: it looks after the cameras, and does what keys and buttons ask for. */
export class Cockpit {
  readonly link: ServerLink;
  readonly views: CameraViews;
  readonly #announcer = new Announcer();
  readonly #toolbar: Toolbar;
  readonly #help = element("help", HTMLDialogElement);
  readonly #noCameras = element("no-cameras", HTMLDivElement);
  readonly #recording = element("recording", HTMLParagraphElement);
  readonly #overlays = { hasOverlays: true, hasGraph: false };
  #isDrawing = false;

  /** @param forced the only transport that is used; undefined: the best */
  constructor(forced: LiveTransport | undefined) {
    this.link = new ServerLink(() => this.#look());
    this.views = new CameraViews(this.link, forced);
    this.#toolbar = new Toolbar({
      onCommand: (command) => this.run(command),
      onTransport: (transport) => {
        this.views.force(transport);
        this.#look();
      },
    });
    addEventListener("keydown", (event) => this.#press(event));
    addEventListener("resize", () => this.#look());
    document.addEventListener("fullscreenchange", () => this.#look());
    document.addEventListener("visibilitychange", () => this.#look());
    setInterval(() => this.#look(), LOOK_INTERVAL_MS);
    watchIdle();
    this.#look();
  }

  /** Does what a viewer wants. */
  run(command: Command): void {
    const overlays = this.#overlays;
    if (command.name === "overlays") overlays.hasOverlays = !overlays.hasOverlays;
    else if (command.name === "latency") overlays.hasGraph = !overlays.hasGraph;
    else if (command.name === "camera") this.#choose(command.index);
    else if (command.name === "all-cameras") this.views.choose(undefined);
    else if (command.name === "full-screen") void toggleFullScreen();
    else if (command.name === "snapshot") this.#saveSnapshots();
    else if (command.name === "record") this.#toggleRecording();
    else if (command.name === "stop") this.#toggleStop();
    else if (this.#help.open) this.#help.close();
    else this.#help.showModal();
    this.#look();
  }

  #press(event: KeyboardEvent): void {
    // Letters choose among the options there.
    if (event.target instanceof HTMLSelectElement) return;
    const command = commandOf(event);
    if (!command || (this.#help.open && command.name !== "help")) return;
    event.preventDefault();
    this.run(command);
  }

  #choose(index: number): void {
    const view = [...this.views][index];
    if (view) this.views.choose(view.camera);
  }

  #saveSnapshots(): void {
    for (const view of this.views.shown) void view.saveSnapshot();
    const hasPicture = this.views.shown.some(({ frames }) => frames > 0);
    this.#announcer.say(hasPicture ? "Snapshot saved" : "No picture to save");
  }

  #toggleRecording(): void {
    const isRecording = this.views.shown.some((view) => view.isRecording);
    for (const view of this.views.shown) if (view.isRecording === isRecording) view.toggleRecording();
  }

  #toggleStop(): void {
    const { isStopped } = this.views;
    if (isStopped) this.link.connect();
    else this.link.disconnect();
    this.views.stop(!isStopped);
  }

  #look(): void {
    const { cameras } = this.link;
    // In a hidden page browsers show nothing, so nothing can be told from what they show.
    if (cameras && !document.hidden) this.views.look(cameras);
    this.#tellNoCameras();
    this.#updateControls();
    if (this.#isDrawing) return;
    this.#isDrawing = true;
    requestAnimationFrame(() => {
      this.#isDrawing = false;
      for (const view of this.views.shown) view.drawOverlay(this.#overlays);
    });
  }

  #tellNoCameras(): void {
    const { cameras, retries } = this.link;
    this.#noCameras.hidden = cameras !== undefined && cameras.length > 0;
    if (this.#noCameras.hidden) return;
    const [title, reason] = this.#noCameras.children as unknown as [Element, Element];
    title.textContent = cameras || retries > 0 ? "No signal" : "Connecting";
    const unreachable = retries > 0 ? `the server cannot be reached; tries: ${retries}` : "";
    reason.textContent = cameras ? "the server has no camera now" : unreachable;
  }

  #updateControls(): void {
    const { only, forced, isStopped, shown } = this.views;
    const isRecording = shown.some((view) => view.isRecording);
    const cameras = [...this.views].map(({ camera }) => camera);
    this.#toolbar.update({ ...this.#overlays, cameras, only, isRecording, isStopped, transport: forced });
    this.#recording.hidden = !isRecording;
    this.#announcer.sayOnce("recording", isRecording ? "Recording" : this.#saidOf("recording", "Recording saved"));
    for (const { camera, signal } of shown) {
      if (signal.name === "none") this.#announcer.sayOnce(camera, `No signal from ${camera}: ${signal.reason}`);
      if (signal.name === "good")
        this.#announcer.sayOnce(camera, this.#saidOf(camera, `Signal from ${camera} is back`));
    }
    this.#announcer.sayOnce(
      "stopped",
      isStopped ? "Stopped; press q to begin again" : this.#saidOf("stopped", "Started"),
    );
  }

  /** Nothing is said to be back or over that was not there before. */
  #saidOf(subject: string, text: string): string {
    return this.#announcer.hasSaid(subject) ? text : "";
  }
}

async function toggleFullScreen(): Promise<void> {
  if (document.fullscreenElement) await document.exitFullscreen();
  // A browser that does not want to has told its user why.
  else await document.documentElement.requestFullscreen?.().catch(() => {});
}
