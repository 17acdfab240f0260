/** What a server remembers of a client. */
export interface RtspClientSession {
  id: string;
  /** It is forgotten after so many milliseconds without a sign of life. */
  timeoutMs: number;
}

/** Where the server tells none. @see RFC 2326 section 12.37 */
const DEFAULT_TIMEOUT_S = 60;
const MAX_TIMEOUT_S = 86_400;

/** The session that a `Session` header names; a header without timeout, or none at all, leaves what was known. */
export function readSession(
  header: string | undefined,
  known: RtspClientSession | undefined,
): RtspClientSession | undefined {
  const [id = "", ...parameters] = (header ?? "").split(";").map((part) => part.trim());
  if (id === "") return known;
  const named = parameters.map((parameter) => /^timeout\s*=\s*"?(\d{1,9})/i.exec(parameter)?.[1]).find(Boolean);
  const timeoutS = Math.min(MAX_TIMEOUT_S, Number(named ?? 0));
  if (timeoutS > 0) return { id, timeoutMs: timeoutS * 1_000 };
  return { id, timeoutMs: known?.id === id ? known.timeoutMs : DEFAULT_TIMEOUT_S * 1_000 };
}
