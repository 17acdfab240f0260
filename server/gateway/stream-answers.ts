import { readSdpSections, sdpAttributes } from "../../lib/webrtc/sdp-sections.js";
import type { PublisherOffer } from "../webrtc/publisher-offer.js";
import type { IngestSession } from "./ingest-sessions.js";
import type { StreamCameraStats, StreamCandidate } from "./stream-messages.js";

/** Our candidates in an answer, each as browsers write it. */
export function localCandidates(answer: string, { mid, media, video }: PublisherOffer): StreamCandidate[] {
  const index = media.indexOf(video);
  const section = readSdpSections(answer)[index + 1];
  if (!section) return [];
  return sdpAttributes(section, "candidate").map((value) => {
    return { candidate: `candidate:${value}`, sdpMid: mid, sdpMLineIndex: index };
  });
}

/** What its camera is told of a session. */
export function describeIngest({ cameraId, figures }: IngestSession): StreamCameraStats {
  const { state, meter, bitsPerSecond, lost, nacks, recoveredPackets, keyframeRequests, ignoredCandidates } = figures;
  const { codec, width, height } = meter.parameters ?? {};
  return {
    ...{ cameraId, state, codec: codec ?? null, width: width ?? null, height: height ?? null },
    ...{ fps: Math.round(meter.fps * 10) / 10, bitrate: Math.round(bitsPerSecond), units: meter.units },
    ...{ lost, nacks, recoveredPackets, keyframeRequests, ignoredCandidates },
  };
}
