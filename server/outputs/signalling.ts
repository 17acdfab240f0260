import type { Clock } from "../../lib/clock.js";
import type { StreamError } from "../../lib/errors.js";

/** How long each step may take, in milliseconds: who is there answers much sooner, and who is not is asked again. */
export const SIGNALLING_MS = {
  /** To the connection of TCP. */
  connect: 1_500,
  /** To what was asked for. */
  answer: 5_000,
} as const;

/** What who gave no token is told, beside that the server asks for one. */
export const TOKEN_ADVICE = "; --token or token= in the URL gives it";

/** Whom {@link Signalling} tells what comes from the other side. */
export interface SignallingOwner {
  clock: Clock;
  /** An address of the other side, as a line of SDP without `a=`; nothing in it is checked. */
  candidate(text: string): void;
  /** It is over. */
  lost(error: StreamError): void;
  /** Something worth knowing happened which ends nothing. */
  warning(error: StreamError): void;
}

/** The way by which a description of ours reaches the other side, and its answer us. For one connection; never retries. */
export interface Signalling {
  /** @throws StreamError `connect-failed`, `unauthorized` */
  connect(): Promise<void>;
  /**
   * Gives the answer to our offer, unread.
   * @throws StreamError `connect-failed`, `connection-lost`, `unauthorized`, `unsupported`
   */
  offer(sdp: string): Promise<string>;
  /** Tells our addresses, as lines of SDP without `a=`, once the answer is taken. */
  tell(candidates: readonly string[]): void;
  /** Says goodbye, at any time; what was asked for stays unanswered. Resolves when nothing of it is left. */
  close(): Promise<void>;
}
