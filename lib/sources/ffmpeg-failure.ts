import type { ChildExit, ChildProcess } from "../child-process.js";
import { StreamError, type StreamErrorCode } from "../errors.js";
import { redact } from "../redact.js";

/** Why ffmpeg did not open a URL. */
export interface OpenFailure {
  error: StreamError;
  /** It may be for want of looking longer. */
  undecided: boolean;
}

interface Reason {
  said: RegExp;
  code: StreamErrorCode;
  text: string;
  undecided?: boolean;
}

/** What ffmpeg says, the most telling first. */
const REASONS: readonly Reason[] = [
  {
    said: /(?:HTTP error|returned|failed:)\s*40[13]\b|authorization failed|unauthorized/i,
    code: "unauthorized",
    text: "user name or password refused",
  },
  { said: /matches no streams/i, code: "unsupported", text: "there is no video in it", undecided: true },
  {
    said: /dimensions not set|could not find codec parameters/i,
    code: "connect-failed",
    text: "no picture came that tells its size",
    undecided: true,
  },
  {
    said: /protocol not found|unknown input format/i,
    code: "unsupported",
    text: "this ffmpeg cannot open that kind of URL or device",
  },
  { said: /invalid data found/i, code: "invalid-data", text: "what came is no video" },
];

/** How newer ffmpegs put it. */
const DEMUXING_ERROR = /error during demuxing/i;

/** How a child ended that never came to write a picture. */
export function openFailure(url: string, child: ChildProcess, exit: ChildExit): OpenFailure {
  if (exit.code === undefined) return { error: child.failure(exit), undecided: false };
  const tail = child.stderrTail();
  // A URL may hold words and numbers that look like a reason.
  const says = ({ said }: Reason, line: string): boolean => said.test(line.replaceAll(redact(url), ""));
  const reason = REASONS.find((candidate) => tail.some((line) => says(candidate, line)));
  const telling = reason ? tail.findLast((line) => says(reason, line)) : tail.at(-1);
  const text = [reason?.text, telling && `ffmpeg said: ${tidy(telling, url)}`].filter(Boolean).join("; ");
  const error = new StreamError(reason?.code ?? "connect-failed", `${url}: ${text || "nothing came"}`, {
    details: { stderr: tail.slice(-8) },
  });
  return { error, undecided: reason?.undecided ?? false };
}

/** How a child ended that wrote pictures: because the stream did, because the connection broke, or by itself. */
export function streamEnd(url: string, child: ChildProcess, exit: ChildExit): StreamError {
  if (exit.code !== 0) return child.failure(exit);
  // What else it says is about single pictures.
  const broken = child.stderrTail().findLast((line) => line.includes(`${url}: `) || DEMUXING_ERROR.test(line));
  if (broken === undefined) return new StreamError("stream-ended", `${url}: the stream ended`);
  return new StreamError("connection-lost", `${url}: the stream broke off; ffmpeg said: ${tidy(broken, url)}`);
}

/** Without the address of an object that means nothing outside, and without the URL, which the message begins with. */
function tidy(line: string, url: string): string {
  return line
    .replace(/^\[([^\]]*?) @ 0x[0-9a-f]+\] */i, "")
    .replace(/^file:/, "")
    .replace(`${url}: `, "")
    .trim();
}
