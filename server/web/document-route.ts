import type { WebExchange, WebRoute } from "./web-route.js";

/** What one address is answered with at one moment. */
export interface WebDocument {
  /** 200 by default. */
  status?: number;
  contentType: string;
  body: string;
}

/** An address whose answer is made anew for each request. */
export class DocumentRoute implements WebRoute {
  readonly methods = ["GET", "HEAD"];
  readonly #pathname: string;
  readonly #make: () => WebDocument | Promise<WebDocument>;

  /** @param make may throw HttpError */
  constructor(pathname: string, make: () => WebDocument | Promise<WebDocument>) {
    this.#pathname = pathname;
    this.#make = make;
  }

  matches(pathname: string): boolean {
    return pathname === this.#pathname;
  }

  async handle({ request, response }: WebExchange): Promise<void> {
    const { status = 200, contentType, body } = await this.#make();
    response.writeHead(status, {
      "Content-Type": contentType,
      "Content-Length": Buffer.byteLength(body),
      "Cache-Control": "no-store",
    });
    response.end(request.method === "HEAD" ? undefined : body);
  }

  async close(): Promise<void> {}
}

/** An answer in JSON. */
export function jsonDocument(value: unknown, status = 200): WebDocument {
  return { status, contentType: "application/json", body: `${JSON.stringify(value)}\n` };
}
