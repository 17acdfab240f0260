import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import type { Writable } from "node:stream";
import type { Frame } from "../lib/index.js";
import type { VideoWindow } from "./window.js";

// ffplay paces by timestamps. At a claimed 1000 frames a second every frame is due on arrival, and late ones are
// dropped: 8 ms from pipe to screen, where -framerate 30 holds two frames back (70 ms).
const LIVE = ["-framerate", "1000", "-sync", "video", "-framedrop", "-probesize", "32", "-analyzeduration", "0"];
// How it ends when a signal asks it to: Ctrl-C in a terminal reaches it too.
const INTERRUPTED = 123;

interface Player {
  process: ChildProcessByStdio<Writable, null, null>;
  width: number;
  height: number;
}

/** A window made by ffplay, which is fed with raw frames. It opens with the first frame and cannot draw captions. */
export class FfplayWindow implements VideoWindow {
  readonly closed: Promise<void>;
  readonly #title: string;
  #player: Player | undefined;
  #quit = (): void => {};
  #fail = (_error: Error): void => {};

  constructor(title: string) {
    this.#title = title;
    this.closed = new Promise((resolve, reject) => {
      this.#quit = resolve;
      this.#fail = reject;
    });
  }

  async show(frame: Frame): Promise<void> {
    const { stdin } = this.#playerFor(frame.width, frame.height).process;
    // One frame at a time: a slow window costs itself frames and never gets behind. A failed write shows as an exit.
    await new Promise<void>((resolve) => stdin.write(frame.data, () => resolve()));
  }

  close(): void {
    this.#player?.process.kill();
  }

  #playerFor(width: number, height: number): Player {
    const current = this.#player;
    if (current?.width === width && current.height === height) return current;
    current?.process.kill();
    const input = ["-f", "rawvideo", "-pixel_format", "bgr24", "-video_size", `${width}x${height}`, ...LIVE];
    const args = ["-loglevel", "fatal", "-nostats", "-window_title", this.#title, ...input, "-i", "pipe:0"];
    const process = spawn("ffplay", args, { stdio: ["pipe", "ignore", "inherit"] });
    process.stdin.on("error", () => {});
    const player = { process, width, height };
    this.#player = player;
    once(process, "exit").then(
      ([code, signal]) => {
        if (this.#player !== player) return;
        if (code === 0 || code === INTERRUPTED) this.#quit();
        else this.#fail(new Error(`ffplay ended with ${signal ?? `code ${code}`}`));
      },
      (error) => this.#fail(new Error(`ffplay, which comes with ffmpeg, does not start: ${error.message}`)),
    );
    return player;
  }
}
