import type { Clock } from "../../lib/clock.js";
import { EventBudget } from "../event-budget.js";

/** A camera that comes back takes its own place so often at most. */
const TAKEOVERS = { burst: 4, perSecond: 0.1 } as const;
const TELLING = { burst: 1, perSecond: 1 / 60 } as const;

interface Watched {
  sessions: number;
  takeovers: EventBudget;
  telling: EventBudget;
}

/** Notices cameras with the same id: each takes the other's place, comes back, and so on for ever. */
export class RivalWatch {
  readonly #clock: Clock;
  /** Those that have a session. */
  readonly #watched = new Map<string, Watched>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A session of the camera begins. */
  begins(cameraId: string): void {
    const watched = this.#watched.get(cameraId) ?? {
      sessions: 0,
      takeovers: new EventBudget(this.#clock, TAKEOVERS),
      telling: new EventBudget(this.#clock, TELLING),
    };
    watched.sessions += 1;
    this.#watched.set(cameraId, watched);
  }

  /**
   * A session of the camera ended. True: there are rivals, of which is told once a minute.
   * @param gavePictures one that did not is a try that failed
   */
  ends(cameraId: string, gavePictures: boolean): boolean {
    const watched = this.#watched.get(cameraId);
    if (!watched) return false;
    watched.sessions -= 1;
    if (watched.sessions === 0) this.#watched.delete(cameraId);
    else if (gavePictures) return !watched.takeovers.take() && watched.telling.take();
    return false;
  }
}
