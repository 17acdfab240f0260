import type { Socket } from "node:net";
import { statusError } from "../../lib/rtsp/status-error.js";
import type { Pair } from "../../lib/rtsp/transport-header.js";

const CHANNELS = 256;
const taken = new WeakMap<Socket, Set<number>>();

/** Two channels of an RTSP connection that belong to one session. */
export interface ChannelPair {
  channels: Pair;
  /** Idempotent. */
  release(): void;
}

/**
 * The channels that a client wants for a session; the next free ones where it has no wish, or another of its sessions
 * has them, whichever path that one plays.
 * @throws StreamError of status 461 where none is free
 */
export function takeChannels(socket: Socket, wanted: Pair | undefined): ChannelPair {
  const used = taken.get(socket) ?? new Set();
  taken.set(socket, used);
  const isFree = ([rtp, rtcp]: Pair): boolean => rtp !== rtcp && !used.has(rtp) && !used.has(rtcp);
  const pairs = Array.from({ length: CHANNELS / 2 }, (_, index): Pair => [2 * index, 2 * index + 1]);
  const channels = wanted && isFree(wanted) ? wanted : pairs.find(isFree);
  if (!channels) throw statusError(461, "no channel of this connection is free");
  for (const channel of channels) used.add(channel);
  let held = true;
  return {
    channels,
    release() {
      if (held) for (const channel of channels) used.delete(channel);
      held = false;
    },
  };
}
