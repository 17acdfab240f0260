import type { VehicleTelemetry } from "../../lib/telemetry/telemetry-snapshot.js";
import { MAV_SEVERITY } from "./mavlink/enum-names.generated.js";

/** Of 50 characters each; no autopilot says more at once. */
const MAX_CHUNKS = 20;

/** A text, or one of the chunks of a long one. */
export interface StatusText {
  severity: number;
  text: string;
  /** The same in all chunks of a text; 0: the text is whole. */
  id: number;
  chunk: number;
  atMs: number;
}

/**
 * Keeps the vehicle's last text. A long one comes in chunks, and grows as they come; those that are lost show as `…`.
 * @see https://mavlink.io/en/messages/common.html#STATUSTEXT
 */
export class StatusTexts {
  #latest: VehicleTelemetry["statusText"] = null;
  #id = 0;
  #chunks: string[] = [];

  /** The last one; null before the first. */
  get latest(): VehicleTelemetry["statusText"] {
    return this.#latest;
  }

  add({ severity, text, id, chunk, atMs }: StatusText): void {
    // What comes by two ways comes twice; another text in the same place is a new one.
    const isNext = (this.#chunks[chunk] ?? text) === text;
    const goesOn = id !== 0 && id === this.#id && this.#latest !== null && isNext;
    if (!goesOn) this.#chunks = [];
    this.#id = id;
    if (chunk < MAX_CHUNKS) this.#chunks[id === 0 ? 0 : chunk] = text;
    const whole = Array.from(this.#chunks, (part) => part ?? "…").join("");
    const begunAtMs = goesOn && this.#latest ? this.#latest.atMs : atMs;
    this.#latest = { severity: MAV_SEVERITY[severity] ?? String(severity), text: whole.trimEnd(), atMs: begunAtMs };
  }
}
