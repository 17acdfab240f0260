import { randomInt } from "node:crypto";
import nodeDataChannel from "node-datachannel";
import { CounterUnroller } from "../../lib/rtp/counter-unroller.js";
import { parseRtp, sequenceDistance } from "../../lib/rtp/packet.js";
import { writeReceiverReport } from "../../lib/rtp/rtcp.js";
import { monotonicMs } from "../monotonic.js";
import type { Arrival } from "./arrivals.js";
import { within } from "./within.js";

const TICKS_PER_MS = 90;
const PAYLOAD_TYPE = 96;
const PROFILE = "profile-level-id=42e01f;packetization-mode=1;level-asymmetry-allowed=1";
const REPORT_INTERVAL_MS = 1_000;
const CONNECT_MS = 10_000;

type Track = InstanceType<typeof nodeDataChannel.Track>;

/**
 * Watches the first camera by WHEP; resolves when media can come. Packets are thrown away, and none is asked for again:
 * a picture that lost one counts as missing.
 */
export async function drainWhep(origin: string, arrived: (arrival: Arrival) => void): Promise<void> {
  const connection = new nodeDataChannel.PeerConnection("viewer", { iceServers: [], disableAutoNegotiation: true });
  const video = new nodeDataChannel.Video("0", "RecvOnly");
  video.addH264Codec(PAYLOAD_TYPE, PROFILE);
  const track = connection.addTrack(video);
  const opened = new Promise<void>((resolve) => track.onOpen(resolve));
  countPictures(track, arrived);
  const gathered = new Promise<void>((resolve) => {
    connection.onGatheringStateChange((state) => state === "complete" && resolve());
  });
  connection.setLocalDescription("offer");
  await gathered;
  const response = await fetch(`${origin}/whep`, {
    method: "POST",
    headers: { "Content-Type": "application/sdp" },
    body: withoutCandidates(connection.localDescription()?.sdp ?? ""),
    signal: AbortSignal.timeout(CONNECT_MS),
  });
  const answer = await response.text();
  if (response.status !== 201) throw new Error(`POST /whep: ${response.status} ${answer}`);
  connection.setRemoteDescription(answer, "answer");
  await within(CONNECT_MS, "no connection came about", () => opened);
  const ssrc = randomInt(1, 2 ** 32);
  // Who reports nothing is taken for gone.
  setInterval(() => track.sendMessageBinary(writeReceiverReport(ssrc, [], "viewer")), REPORT_INTERVAL_MS);
}

function countPictures(track: Track, arrived: (arrival: Arrival) => void): void {
  const timestamps = new CounterUnroller(32);
  let previous: number | undefined;
  let isWhole = false;
  let bytes = 0;
  track.onMessage((message) => {
    const packet = parseRtp(message);
    if (!packet) return;
    if (previous !== undefined && sequenceDistance(previous, packet.sequence) !== 1) isWhole = false;
    previous = packet.sequence;
    bytes += packet.payload.length;
    if (!packet.marker) return;
    const mediaTimeMs = timestamps.unroll(packet.timestamp) / TICKS_PER_MS;
    if (isWhole) arrived({ mediaTimeMs, atMs: monotonicMs(), bytes });
    isWhole = true;
    bytes = 0;
  });
}

/** Else the connection can be there before the library has read the answer, and so takes it for somebody else's. */
function withoutCandidates(sdp: string): string {
  return sdp.replaceAll(/^a=(?:candidate:.*|end-of-candidates)\r\n/gm, "");
}
