import { describeSocketError } from "../../lib/describe-socket-error.js";

/** Why a server that is pushed to by HTTP or WebSocket was not reached, and what to look at. */
export function describePushError(error: NodeJS.ErrnoException): string {
  const { code = "", message } = error;
  if (code === "ECONNREFUSED") return "connection refused; is the server running, and is this its port?";
  // So OpenSSL calls an answer that is no TLS at all.
  if (/wrong version number/.test(message))
    return "the server speaks no TLS at this port; is its address http:// instead?";
  if (/CERT|ALTNAME/.test(code)) return `${message}; insecure=1 takes it`;
  return describeSocketError(error);
}
