import type { LiveTransport } from "../../server/web/live-protocol.js";
import type { Command } from "./command.js";
import { element } from "./element.js";
import { canRecord } from "./recording.js";

/** What the buttons tell. */
export interface ToolbarState {
  cameras: readonly string[];
  /** The one that is shown alone. */
  only: string | undefined;
  hasOverlays: boolean;
  hasGraph: boolean;
  isRecording: boolean;
  isStopped: boolean;
  transport: LiveTransport | undefined;
}

/** What a {@link Toolbar} tells its owner. */
export interface ToolbarEvents {
  onCommand(command: Command): void;
  /** Undefined: the best. */
  onTransport(transport: LiveTransport | undefined): void;
}

/** The buttons, which do what the keys do. */
export class Toolbar {
  readonly #toolbar = element("toolbar", HTMLDivElement);
  readonly #cameras = element("cameras", HTMLFieldSetElement);
  readonly #transport = element("transport", HTMLSelectElement);
  readonly #events: ToolbarEvents;
  #shownCameras = "";

  constructor(events: ToolbarEvents) {
    this.#events = events;
    for (const button of this.#toolbar.querySelectorAll<HTMLButtonElement>("button[data-command]")) {
      const name = button.dataset.command as Exclude<Command["name"], "camera">;
      button.addEventListener("click", () => events.onCommand({ name }));
    }
    this.#transport.addEventListener("change", () => {
      events.onTransport((this.#transport.value || undefined) as LiveTransport | undefined);
    });
    // Telephones of one maker show only videos in full screen, no pages.
    this.#button("full-screen").hidden = !document.fullscreenEnabled;
    this.#button("record").hidden = !canRecord();
  }

  update(state: ToolbarState): void {
    this.#press("overlays", state.hasOverlays);
    this.#press("latency", state.hasGraph);
    this.#press("record", state.isRecording);
    this.#press("full-screen", document.fullscreenElement !== null);
    for (const name of ["snapshot", "record"] as const) this.#button(name).disabled = state.isStopped;
    const stop = this.#button("stop");
    const label = state.isStopped ? "Start" : "Stop";
    if (stop.textContent !== label) stop.textContent = label;
    if (this.#transport.value !== (state.transport ?? "")) this.#transport.value = state.transport ?? "";
    this.#updateCameras(state);
  }

  #updateCameras({ cameras, only }: ToolbarState): void {
    const key = JSON.stringify(cameras);
    if (key !== this.#shownCameras) {
      this.#shownCameras = key;
      const names = cameras.slice(0, 9);
      const buttons = names.map((name, index) => this.#cameraButton(name, `${index + 1}`, { name: "camera", index }));
      this.#cameras.replaceChildren(...buttons, this.#cameraButton("All", "0", { name: "all-cameras" }));
      this.#cameras.hidden = cameras.length < 2;
    }
    [...this.#cameras.children].forEach((button, index) => {
      const isPressed = index === this.#cameras.children.length - 1 ? only === undefined : cameras[index] === only;
      setPressed(button, isPressed);
    });
  }

  #cameraButton(text: string, key: string, command: Command): HTMLButtonElement {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = text;
    button.setAttribute("aria-keyshortcuts", key);
    button.addEventListener("click", () => this.#events.onCommand(command));
    return button;
  }

  #press(name: Command["name"], isPressed: boolean): void {
    setPressed(this.#button(name), isPressed);
  }

  #button(name: Command["name"]): HTMLButtonElement {
    return this.#toolbar.querySelector(`[data-command="${name}"]`) as HTMLButtonElement;
  }
}

/** What is set anew costs the browser time even where nothing changes. */
function setPressed(button: Element, isPressed: boolean): void {
  const value = `${isPressed}`;
  if (button.getAttribute("aria-pressed") !== value) button.setAttribute("aria-pressed", value);
}
