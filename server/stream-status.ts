import { EventEmitter } from "eventemitter3";

/** Whether a stream's pictures come. */
export type StreamState =
  | { name: "starting" }
  | { name: "live" }
  /** They stopped, or never began; `retries` counts the tries that failed since. */
  | { name: "lost"; reason: string; retries: number };

/** Whether a stream's pictures come, for those who show it to somebody; its owner tells it. */
export class StreamStatus extends EventEmitter<{ change: (state: StreamState) => void }> {
  readonly #describe: () => string;
  #state: StreamState = { name: "starting" };

  /** @param describe what gives the pictures, without passwords; it may learn more of itself */
  constructor(describe: () => string) {
    super();
    this.#describe = describe;
  }

  get description(): string {
    return this.#describe();
  }

  get state(): StreamState {
    return this.#state;
  }

  /** Pictures come. */
  live(): void {
    if (this.#state.name !== "live") this.#become({ name: "live" });
  }

  /** A try failed, or the pictures stopped. */
  lost(reason: string): void {
    const before = this.#state.name === "lost" ? this.#state.retries : 0;
    this.#become({ name: "lost", reason, retries: before + 1 });
  }

  #become(state: StreamState): void {
    this.#state = state;
    this.emit("change", state);
  }
}
