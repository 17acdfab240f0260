import { redact } from "../../lib/redact.js";
import { hideToken } from "./hide-token.js";

const MAX_MESSAGE_LENGTH = 300;
/** Servers have codes of their own, statuses of HTTP, or words alone. */
const REFUSED = /\b(?:401|403)\b|unauthori[sz]ed|not authori[sz]ed|forbidden|(?:wrong|invalid|missing|needs a) token/i;
const UNSUPPORTED = /\b(?:406|415)\b|unsupported|not supported/i;

/** What is wrong, in the words of the server. */
export interface SignallingProblem {
  /** Undefined: of no camera in particular. */
  cameraId: string | undefined;
  /** The server has no connection with the camera, or none any more. */
  isOver: boolean;
  /** What it means for the next try. */
  code: "unauthorized" | "unsupported" | "connect-failed";
  message: string;
}

/** The description in an `answer`; undefined where there is none, or it is that of another camera. */
export function readAnswer(event: unknown, cameraId: string): string | undefined {
  const { cameraId: named = cameraId, answer } = asRecord(event);
  const { sdp } = asRecord(answer);
  return named === cameraId && typeof sdp === "string" ? sdp : undefined;
}

/** The line in an `ice-candidate`, without `a=`; undefined where there is none, or it is that of another camera. */
export function readCandidate(event: unknown, cameraId: string): string | undefined {
  const { cameraId: named = cameraId, candidate } = asRecord(event);
  const line = typeof candidate === "string" ? candidate : asRecord(candidate).candidate;
  if (named !== cameraId || typeof line !== "string") return undefined;
  return line.replace(/^a=/, "");
}

/**
 * What an `error` says, of whatever shape it is.
 * @param token what the server was told, and its words must not tell on
 */
export function readProblem(event: unknown, token: string | undefined): SignallingProblem {
  const { cameraId, code, status, message } = asRecord(typeof event === "string" ? { message: event } : event);
  const text = typeof message === "string" && message !== "" ? message : "something is wrong";
  return {
    cameraId: typeof cameraId === "string" ? cameraId : undefined,
    isOver: code === 404 || code === 410,
    code: meaningOf(`${code ?? ""} ${status ?? ""} ${text}`),
    message: redact(
      hideToken(text, token)
        .replace(/[\s\p{Cc}]+/gu, " ")
        .slice(0, MAX_MESSAGE_LENGTH),
    ),
  };
}

function meaningOf(text: string): SignallingProblem["code"] {
  if (REFUSED.test(text)) return "unauthorized";
  return UNSUPPORTED.test(text) ? "unsupported" : "connect-failed";
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
