import { type ClientRequest, type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { describeTlsError } from "../describe-tls-error.js";
import { StreamError } from "../errors.js";

const HEADERS = {
  "User-Agent": "glasslink",
  Accept: "multipart/x-mixed-replace, */*",
  // Without it a server may compress.
  "Accept-Encoding": "identity",
};
const MAX_HEAD_BYTES = 64 * 1024;

/** One GET over a connection of its own. */
export interface HttpQuestion {
  /** Without credentials. */
  url: URL;
  insecure: boolean;
  /** The value of that header. */
  authorization: string | undefined;
}

/** The head of an answer is here; its body comes as the response is read. */
export class HttpAnswer {
  readonly response: IncomingMessage;
  /** Resolves when the connection is gone; never rejects. */
  readonly closed: Promise<void>;
  readonly #request: ClientRequest;
  #problem: Error | undefined;

  private constructor(request: ClientRequest, response: IncomingMessage, closed: Promise<void>) {
    this.#request = request;
    this.response = response;
    this.closed = closed;
    for (const stream of [request, response]) {
      stream.on("error", (error) => {
        this.#problem ??= error;
      });
    }
  }

  /** Why the connection broke off in the middle of the body; undefined where the server ended it in good order. */
  get problem(): Error | undefined {
    return this.#problem;
  }

  /**
   * Asks. When this rejects, the connection is gone.
   * @throws StreamError `connect-failed`, `invalid-data` for what is no HTTP; the reason of `signal` when that aborts,
   *   which means nothing afterwards
   */
  static async to(question: HttpQuestion, signal: AbortSignal): Promise<HttpAnswer> {
    signal.throwIfAborted();
    const request = send(question);
    let failure: unknown;
    request.on("error", (error) => {
      failure ??= translated(question.url, error);
    });
    const closed = new Promise<void>((resolve) => request.once("close", resolve));
    const abort = (): void => {
      failure ??= signal.reason;
      request.destroy();
    };
    signal.addEventListener("abort", abort, { once: true });
    try {
      const answered = new Promise<IncomingMessage>((resolve) => request.once("response", resolve));
      const response = await Promise.race([answered, closed]);
      if (response) return new HttpAnswer(request, response, closed);
      throw failure ?? translated(question.url, new Error("the server closed the connection"));
    } finally {
      signal.removeEventListener("abort", abort);
    }
  }

  /** Breaks the connection off; resolves when it is gone. Idempotent. */
  close(): Promise<void> {
    this.#request.destroy();
    return this.closed;
  }
}

function send({ url, insecure, authorization }: HttpQuestion): ClientRequest {
  const ask = url.protocol === "https:" ? requestHttps : requestHttp;
  const headers = { ...HEADERS, ...(authorization !== undefined && { Authorization: inLatin1(authorization) }) };
  try {
    return ask(url, {
      ...{ headers, agent: false, rejectUnauthorized: !insecure, maxHeaderSize: MAX_HEAD_BYTES },
      // Cameras end lines by LF alone, and write what the strict parser refuses.
      insecureHTTPParser: true,
    }).end();
  } catch (cause) {
    // A challenge is answered with its own words; here they are such as no header holds.
    const message = `${url.href}: what the server asks for cannot be answered: ${(cause as Error).message}`;
    throw new StreamError("invalid-data", message, { cause });
  }
}

/** Each letter one byte of it in UTF-8, which is how headers go out. */
function inLatin1(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}

function translated(url: URL, cause: NodeJS.ErrnoException): StreamError {
  if (cause.code?.startsWith("HPE_")) {
    return new StreamError("invalid-data", `${url.href}: what came is no HTTP: ${cause.message}`, { cause });
  }
  return new StreamError("connect-failed", `${url.href}: ${describeTlsError(cause)}`, { cause });
}
