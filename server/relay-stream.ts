import type { AccessUnit } from "../lib/codecs/access-unit.js";
import { ParameterSets } from "../lib/codecs/parameter-sets.js";
import type { Receiver } from "../lib/receiver.js";
import type { ReceiverState } from "../lib/receiver-state.js";
import { MediaTimeline } from "./media-timeline.js";
import type { StreamStatus } from "./stream-status.js";

/** Who is given a received stream. */
export interface RelayTarget {
  status: StreamStatus;
  /** Keyframes have their parameter sets, and every unit its place in time (`mediaTimeMs`, on the monotonic clock). */
  unit(unit: AccessUnit): void;
}

/**
 * Passes a receiver's access units on as a camera's, for outputs and viewers. What the units carry is left as it is,
 * the frame stamps of their sender among it.
 *
 * Resolves when the receiver was closed.
 * @throws StreamError what ended the receiver otherwise
 */
export async function relayStream(receiver: Receiver, target: RelayTarget): Promise<void> {
  const parameterSets = new ParameterSets();
  const timeline = new MediaTimeline();
  const onState = (state: ReceiverState): void => {
    if (state.name === "streaming") target.status.live();
    else if (state.name === "reconnecting") target.status.lost(state.reason.message);
    else if (state.name === "closed" && state.error) target.status.lost(state.error.message);
  };
  onState(receiver.state);
  receiver.on("state", onState);
  try {
    for await (const unit of receiver.accessUnits()) {
      const complete = parameterSets.complete(unit);
      target.unit({ ...complete, mediaTimeMs: timeline.of(unit) });
    }
  } finally {
    receiver.off("state", onState);
  }
}
