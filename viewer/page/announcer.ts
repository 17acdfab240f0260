import { element } from "./element.js";

/** What was said before stays for a while: whoever reads it aloud takes its time. */
const KEPT = 4;

/** Says things to whoever listens to the page instead of looking at it. */
export class Announcer {
  readonly #region = element("announcer", HTMLDivElement);
  readonly #told = new Map<string, string>();

  /** Says it. */
  say(text: string): void {
    const words = document.createElement("p");
    words.textContent = text;
    this.#region.append(words);
    while (this.#region.childElementCount > KEPT) this.#region.firstElementChild?.remove();
  }

  /** Whether anything was said of this subject. */
  hasSaid(subject: string): boolean {
    return (this.#told.get(subject) ?? "") !== "";
  }

  /** Says it unless it was said of this subject last. @param text empty: remembered, not said */
  sayOnce(subject: string, text: string): void {
    if ((this.#told.get(subject) ?? "") === text) return;
    this.#told.set(subject, text);
    if (text !== "") this.say(text);
  }
}
