import type { IncomingHttpHeaders } from "node:http";
import { HttpError } from "../web/http-error.js";
import { OriginCheck, type OriginCheckOptions } from "../web/origin-check.js";

/**
 * Which web pages may use the port of telemetry: those of the same host on any port, since the page has one of its own,
 * and those that the owner allows. Programs name no origin and pass.
 */
export class TelemetryOrigins {
  readonly #origins: OriginCheck;

  constructor(options: OriginCheckOptions) {
    this.#origins = new OriginCheck(options);
  }

  /** Why a request is refused; undefined where it is not. */
  refusal(headers: IncomingHttpHeaders): string | undefined {
    try {
      this.#origins.checkHost(headers);
      if (!isOfHost(headers)) this.#origins.checkOrigin(headers);
      return undefined;
    } catch (error) {
      if (error instanceof HttpError) return error.message;
      throw error;
    }
  }

  /** The origin that an answer is for, besides that of the port itself; false: none. */
  answerFor(headers: IncomingHttpHeaders): string | false {
    const { origin } = headers;
    return origin !== undefined && this.refusal(headers) === undefined ? origin : false;
  }
}

function isOfHost({ origin, host }: IncomingHttpHeaders): boolean {
  if (origin === undefined || host === undefined) return false;
  const own = `http://${host}`;
  return URL.canParse(origin) && URL.canParse(own) && new URL(origin).hostname === new URL(own).hostname;
}
