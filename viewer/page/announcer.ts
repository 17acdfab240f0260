import { element } from "./element.js";

/** Says things to whoever listens to the page instead of looking at it. */
export class Announcer {
  readonly #region = element("announcer", HTMLParagraphElement);
  readonly #told = new Map<string, string>();

  /** Says it. */
  say(text: string): void {
    this.#region.textContent = text;
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
