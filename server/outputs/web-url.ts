import { StreamError } from "../../lib/errors.js";
import { readParameters, type StreamUrl } from "../../lib/stream-url.js";
import type { Output } from "./output.js";
import { WebOutput, type WebOutputOptions } from "./web.js";

const DEFAULTS = { port: 8080, camera: "camera", maxBacklogMs: 250, jpegQuality: 80 } as const;
const RULES = {
  camera: { kind: "text" },
  maxBacklogMs: { kind: "integer", min: 20, max: 60_000 },
  jpegQuality: { kind: "integer", min: 1, max: 100 },
  tlsCert: { kind: "text" },
  tlsKey: { kind: "text" },
  origin: { kind: "text" },
} as const;
/** What a page is given beside what its URL says, which goes before it. */
export type WebAdditions = Partial<Pick<WebOutputOptions, "telemetry" | "tls" | "jpegQuality">>;

const CAMERA_ID = /^[\w.-]{1,64}$/;

/**
 * `web://[address]:8080?camera=left&maxBacklogMs=250&jpegQuality=80` serves the page; `tlsCert=file&tlsKey=file` makes
 * it HTTPS, and `origin=https://cockpit.example` lets pages of another host use it, several with commas between.
 * @throws StreamError `invalid-url`
 */
export function openWebOutput(url: StreamUrl, additions: WebAdditions = {}): Output {
  const { tlsCert, tlsKey, origin, ...given } = readParameters(url, RULES);
  const { camera, maxBacklogMs, ...own } = { ...DEFAULTS, ...additions, ...given };
  const allowedOrigins = origin?.split(",") ?? [];
  const wrong = allowedOrigins.find((candidate) => !isOrigin(candidate));
  const problem = !CAMERA_ID.test(camera)
    ? `camera=${camera} is not allowed; it must be 1 to 64 letters, digits, "_", "." or "-"`
    : (tlsCert === undefined) !== (tlsKey === undefined)
      ? "tlsCert and tlsKey belong together: give both, or none for plain HTTP"
      : wrong !== undefined
        ? `origin=${wrong} is not allowed; it must look like https://cockpit.example:8443, without a path`
        : undefined;
  if (problem) throw new StreamError("invalid-url", `${url.text}: ${problem}`, { details: { url: url.text } });
  return new WebOutput({
    ...{ ...own, maxBacklogMs, allowedOrigins },
    ...{ host: url.host, port: url.port ?? DEFAULTS.port, cameraId: camera },
    ...(tlsCert !== undefined && tlsKey !== undefined && { tls: { certPath: tlsCert, keyPath: tlsKey } }),
  });
}

function isOrigin(text: string): boolean {
  return /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}
