import { existsSync } from "node:fs";
import { vi } from "vitest";
import type { RtpCodecName } from "../../lib/rtp/rtp-codec.js";
import { peerFolder } from "./peer-folder.js";
import { freeUdpPort } from "./peer-ports.js";
import type { Finished } from "./peer-program.js";
import { sendTape } from "./peer-sender.js";

/** How a Sender's pictures reach a receiver. */
export interface PeerStream {
  codec: RtpCodecName;
  transport: "tcp" | "raw" | "ts" | "rtp";
}

/** Every way, by its name in a test's title. */
export const PEER_STREAMS = {
  "H.264 over TCP": { codec: "h264", transport: "tcp" },
  "H.265 over TCP": { codec: "h265", transport: "tcp" },
  "H.264 over UDP": { codec: "h264", transport: "raw" },
  "H.265 over UDP": { codec: "h265", transport: "raw" },
  "H.264 in MPEG-TS over UDP": { codec: "h264", transport: "ts" },
  "H.265 in MPEG-TS over UDP": { codec: "h265", transport: "ts" },
  "H.264 over RTP": { codec: "h264", transport: "rtp" },
  "H.265 over RTP": { codec: "h265", transport: "rtp" },
  "MJPEG over RTP": { codec: "mjpeg", transport: "rtp" },
  "VP8 over RTP": { codec: "vp8", transport: "rtp" },
} as const satisfies Record<string, PeerStream>;

/** A name in {@link PEER_STREAMS}. */
export type PeerStreamName = keyof typeof PEER_STREAMS;

/** Sends numbered pictures until the test is over; resolves with what is opened: a URL, or the path of an SDP file. */
export async function serve(name: PeerStreamName, finished: Finished): Promise<string> {
  const { codec, transport } = PEER_STREAMS[name];
  if (transport === "tcp") return (await sendTape("tcp://127.0.0.1:0?maxBacklogMs=30000", codec, finished)).url;
  const url = `udp://127.0.0.1:${await freeUdpPort()}`;
  if (transport !== "rtp") {
    await sendTape(`${url}?format=${transport}`, codec, finished);
    return url;
  }
  const path = `${await peerFolder(finished)}/stream.sdp`;
  await sendTape(`${url}?format=rtp&sdp=${path}`, codec, finished);
  await vi.waitUntil(() => existsSync(path));
  return path;
}
