import type { IncomingHttpHeaders } from "node:http";

/** Names and addresses as they stand in a Host header; anything else is not repeated in an answer. */
const HOST = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i;

/**
 * What every answer carries: the page may use nothing but this server, and no page of another host may use its answers.
 * @param crossOrigin whether the request's origin is one that the owner allows
 * @see https://www.w3.org/TR/CSP3/, https://fetch.spec.whatwg.org/#http-cors-protocol
 */
export function securityHeaders(request: IncomingHttpHeaders, crossOrigin: boolean): Record<string, string> {
  return {
    "Content-Security-Policy": contentPolicy(request.host ?? ""),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": crossOrigin ? "cross-origin" : "same-origin",
    // A cache must not give one page the answer that was for another.
    Vary: "Origin",
    ...(crossOrigin && {
      "Access-Control-Allow-Origin": request.origin ?? "",
      "Access-Control-Expose-Headers": "Location, ETag, Link, Retry-After",
    }),
  };
}

/** What a browser asks before it lets an allowed page of another host do something. */
export function preflightHeaders(methods: readonly string[]): Record<string, string> {
  return {
    "Access-Control-Allow-Methods": methods.join(", "),
    "Access-Control-Allow-Headers": "Authorization, Content-Type, If-Match",
    "Access-Control-Max-Age": "600",
  };
}

function contentPolicy(host: string): string {
  // Older browsers do not take a WebSocket of the same host for 'self'.
  const sockets = HOST.test(host) ? ` ws://${host} wss://${host}` : "";
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "font-src 'self'",
    "img-src 'self' blob: data:",
    "media-src 'self' blob: mediastream:",
    `connect-src 'self'${sockets}`,
    "worker-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}
