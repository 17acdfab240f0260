import type { Clock, Timer } from "../../lib/clock.js";

interface Alarm {
  atMs: number;
  everyMs?: number;
  callback: () => void;
}

/** A clock whose hands the test turns. Timers fire inside `advance`, in order of their time. */
export class FakeClock implements Clock {
  #nowMs = 1_000;
  #wallOffsetMs = 1_700_000_000_000;
  readonly #alarms = new Set<Alarm>();

  now(): number {
    return this.#nowMs;
  }

  wallNow(): number {
    return this.#nowMs + this.#wallOffsetMs;
  }

  after(delayMs: number, callback: () => void): Timer {
    return this.#add({ atMs: this.#nowMs + delayMs, callback });
  }

  every(intervalMs: number, callback: () => void): Timer {
    return this.#add({ atMs: this.#nowMs + intervalMs, everyMs: intervalMs, callback });
  }

  /** Timers that wait, to show that nothing is left behind. */
  get waiting(): number {
    return this.#alarms.size;
  }

  /** Lets time pass in which no timer could fire, as when the event loop is blocked; late ones then fire once. */
  block(milliseconds: number): void {
    this.#nowMs += milliseconds;
    for (const alarm of [...this.#alarms]) {
      if (alarm.atMs > this.#nowMs) continue;
      if (alarm.everyMs === undefined) this.#alarms.delete(alarm);
      else alarm.atMs = this.#nowMs + alarm.everyMs;
      alarm.callback();
    }
  }

  advance(milliseconds: number): void {
    const endMs = this.#nowMs + milliseconds;
    for (let alarm = this.#next(endMs); alarm; alarm = this.#next(endMs)) {
      this.#nowMs = Math.max(this.#nowMs, alarm.atMs);
      if (alarm.everyMs === undefined) this.#alarms.delete(alarm);
      else alarm.atMs += alarm.everyMs;
      alarm.callback();
    }
    this.#nowMs = endMs;
  }

  #add(alarm: Alarm): Timer {
    this.#alarms.add(alarm);
    return { cancel: () => void this.#alarms.delete(alarm) };
  }

  #next(endMs: number): Alarm | undefined {
    let first: Alarm | undefined;
    for (const alarm of this.#alarms) if (alarm.atMs <= endMs && (!first || alarm.atMs < first.atMs)) first = alarm;
    return first;
  }
}
