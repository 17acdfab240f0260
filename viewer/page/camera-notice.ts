import type { Signal } from "../play/signal.js";

const STOPPED = "Press q, or the button Start, to begin again.";

/** The words over a camera's picture when there is none: that there is no signal, why, and how often it was tried. */
export class CameraNotice {
  readonly element = document.createElement("div");
  readonly #title = document.createElement("strong");
  readonly #reason = document.createElement("p");
  readonly #retries = document.createElement("p");

  constructor() {
    this.element.className = "notice";
    this.element.hidden = true;
    this.#reason.className = "reason";
    this.#retries.className = "retries";
    this.element.append(this.#title, this.#reason, this.#retries);
  }

  /** Shows what is to be said about a signal; nothing about a good one. */
  show(signal: Signal | { name: "stopped" }): void {
    const [title, reason, retries] = wordsFor(signal);
    this.element.hidden = title === "";
    this.element.dataset.signal = signal.name;
    setText(this.#title, title);
    setText(this.#reason, reason);
    setText(this.#retries, retries);
  }
}

function wordsFor(signal: Signal | { name: "stopped" }): [title: string, reason: string, retries: string] {
  if (signal.name === "good") return ["", "", ""];
  if (signal.name === "connecting") return ["Connecting", "", ""];
  if (signal.name === "stopped") return ["Stopped", STOPPED, ""];
  const { reason, retries } = signal;
  return [
    "No signal",
    reason,
    retries > 0 ? `Trying again: ${retries} ${retries === 1 ? "time" : "times"} so far` : "",
  ];
}

function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
