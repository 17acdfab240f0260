import { z } from "zod";
import { HttpError } from "../web/http-error.js";
import type { IngestFigures } from "../webrtc/ingest-peer.js";
import { CAMERA_ID_RULE, isCameraId } from "./camera-id.js";

const MAX_SDP_LENGTH = 64 * 1_024;
const MAX_CANDIDATE_LENGTH = 1_024;

const cameraId = z.string().refine(isCameraId, `it must be ${CAMERA_ID_RULE}`);
const candidate = z.string().max(MAX_CANDIDATE_LENGTH);
const SCHEMAS = {
  offer: z.object({ cameraId, offer: z.object({ type: z.literal("offer"), sdp: z.string().max(MAX_SDP_LENGTH) }) }),
  "ice-candidate": z.object({ cameraId, candidate: z.union([candidate, z.object({ candidate }), z.null()]) }),
  "disconnect-camera": z.object({ cameraId }),
  stats: z.unknown(),
};

/** What clients may say. */
export type StreamEvent = keyof typeof SCHEMAS;

/** An address of one side, as browsers write it. */
export interface StreamCandidate {
  candidate: string;
  sdpMid: string;
  sdpMLineIndex: number;
}

/** Of a camera of the one who asks. */
export interface StreamCameraStats {
  cameraId: string;
  state: IngestFigures["state"];
  codec: string | null;
  width: number | null;
  height: number | null;
  fps: number;
  /** Bits a second, as the network carries them. */
  bitrate: number;
  /** Access units that came whole. */
  units: number;
  /** Pictures that did not. */
  lost: number;
  nacks: number;
  recoveredPackets: number;
  keyframeRequests: number;
  /** Candidates over the bound. */
  ignoredCandidates: number;
}

/** What is refused, or has ended. */
export interface StreamProblem {
  /** Where it is of one camera. */
  cameraId?: string;
  /** As HTTP has it, and WHIP here: 400, 404, 406, 409, 410, 429, 501, 503. */
  code: number;
  /** One line that says what is wrong and what is allowed. */
  message: string;
}

/** What the server says. */
export interface StreamServerEvents {
  connected: (greeting: { namespace: string; protocol: number }) => void;
  answer: (answer: { cameraId: string; answer: { type: "answer"; sdp: string } }) => void;
  "ice-candidate": (candidate: { cameraId: string; candidate: StreamCandidate }) => void;
  error: (problem: StreamProblem) => void;
  stats: (stats: { cameras: StreamCameraStats[] }) => void;
}

/** Whether clients may say this. */
export function isStreamEvent(name: unknown): name is StreamEvent {
  return typeof name === "string" && Object.hasOwn(SCHEMAS, name);
}

/** What clients may say, for messages. */
export const STREAM_EVENTS = Object.keys(SCHEMAS).join(", ");

/** What a client said with an event. @throws HttpError 400 that names the field, and what is allowed */
export function readStreamMessage<Event extends StreamEvent>(
  event: Event,
  payload: unknown,
): z.infer<(typeof SCHEMAS)[Event]> {
  const result = SCHEMAS[event].safeParse(payload);
  if (result.success) return result.data as z.infer<(typeof SCHEMAS)[Event]>;
  const [issue] = result.error.issues;
  throw new HttpError(400, `${[event, ...(issue?.path ?? [])].join(".")} is not allowed: ${issue?.message}`);
}

/** Which camera a message is about, where it says so in good order. */
export function cameraOf(payload: unknown): string | undefined {
  const parsed = SCHEMAS["disconnect-camera"].safeParse(payload);
  return parsed.success ? parsed.data.cameraId : undefined;
}
