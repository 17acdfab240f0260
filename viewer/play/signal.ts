import type { CameraInfo } from "../../server/web/live-protocol.js";

const QUIET_MS = 1_000;
const QUIET_PICTURES = 3;

/** Whether a camera's pictures come, as its viewer is told. */
export type Signal =
  | { name: "good" }
  /** Before the first picture, while nothing has failed. */
  | { name: "connecting" }
  | { name: "none"; reason: string; retries: number };

/** What is known of a camera's pictures at one moment. */
export interface SignalFacts {
  nowMs: number;
  camera: CameraInfo;
  /** Undefined before the first picture. */
  lastPictureMs: number | undefined;
  /** Whether the server tells about its cameras; how often it was tried in vain. */
  isLinked: boolean;
  linkRetries: number;
  /** Why the last try of showing it ended, and how often it was tried since pictures came. */
  reason: string | undefined;
  failures: number;
}

/** What the viewer is told. What is furthest from the screen comes first: it is the reason for the rest. */
export function signalOf(facts: SignalFacts): Signal {
  const { nowMs, camera, lastPictureMs, isLinked, linkRetries, reason, failures } = facts;
  const isLost = isLinked && camera.state === "lost";
  const quietMs = Math.max(QUIET_MS, (QUIET_PICTURES * 1_000) / Math.max(camera.fps, 0.1));
  if (!isLost && lastPictureMs !== undefined && nowMs - lastPictureMs <= quietMs) return { name: "good" };
  if (isLost) return { name: "none", reason: camera.reason ?? "the camera is lost", retries: camera.retries };
  if (!isLinked && linkRetries > 0)
    return { name: "none", reason: "the server cannot be reached", retries: linkRetries };
  if (reason !== undefined) return { name: "none", reason, retries: failures };
  if (lastPictureMs === undefined || camera.state === "starting") return { name: "connecting" };
  return { name: "none", reason: "no more pictures come", retries: 0 };
}
