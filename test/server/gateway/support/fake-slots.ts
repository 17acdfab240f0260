import { EventEmitter, once } from "node:events";
import type { AccessUnit } from "../../../../lib/codecs/access-unit.js";
import type { StreamError } from "../../../../lib/errors.js";
import type {
  CameraSlot,
  CameraSlots,
  PublisherSession,
  SessionSink,
} from "../../../../server/gateway/camera-slots.js";
import { HttpError } from "../../../../server/web/http-error.js";

/** What one session gave. */
export interface FakeSession {
  cameraId: string;
  session: PublisherSession;
  units: AccessUnit[];
  connected: { sameClock: boolean; description: string }[];
  lost: number;
  /** Why it ended, where that was told. */
  ended: StreamError | undefined;
}

/** Places of cameras that keep all they are given; a session ends no other. */
export class FakeSlots extends EventEmitter<{ change: [] }> implements CameraSlots {
  readonly sessions: FakeSession[] = [];
  /** Ids that belong to others. */
  readonly taken = new Set<string>();

  slot(cameraId: string): CameraSlot {
    if (this.taken.has(cameraId)) throw new HttpError(409, `camera "${cameraId}" is not one that pushes`);
    return { begin: (session) => this.#begin(cameraId, session) };
  }

  /** Resolves as soon as it holds, which is looked at whenever something came. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await once(this, "change");
  }

  #begin(cameraId: string, session: PublisherSession): SessionSink {
    const entry: FakeSession = { cameraId, session, units: [], connected: [], lost: 0, ended: undefined };
    this.sessions.push(entry);
    this.emit("change");
    const noted = <Rest extends unknown[]>(note: (...rest: Rest) => void) => {
      return (...rest: Rest): void => {
        note(...rest);
        this.emit("change");
      };
    };
    return {
      connected: noted((details) => entry.connected.push(details)),
      unit: noted((unit) => entry.units.push(unit)),
      lost: noted((count) => (entry.lost += count)),
      ended: noted((error) => (entry.ended = error)),
      ...{ bytes: () => {}, live: () => {}, restarted: () => {}, discarded: () => {} },
    };
  }
}
