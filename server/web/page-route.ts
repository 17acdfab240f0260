import { fileURLToPath } from "node:url";
import { HttpError } from "./http-error.js";
import { type PageFile, readPageFiles } from "./page-files.js";
import type { WebExchange, WebRoute } from "./web-route.js";

/** Where the build puts the page, seen from this module as it was built and as it was written. */
const BUILT = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "../../dist/viewer" : "../../viewer", import.meta.url),
);
const HASHED_FILES = "/assets/";
const YEAR_S = 31_536_000;

/** The page and its files, at every address that no other route has. */
export class PageRoute implements WebRoute {
  readonly methods = ["GET", "HEAD"];
  readonly #folder: string;
  #files: ReadonlyMap<string, PageFile> | undefined;

  /** @param folder what was built; by default that of this package */
  constructor(folder = BUILT) {
    this.#folder = folder;
  }

  matches(): boolean {
    return true;
  }

  async handle({ request, response, url }: WebExchange): Promise<void> {
    this.#files ??= await readPageFiles(this.#folder);
    if (!this.#files) throw new HttpError(503, "the page was not built: npm run build", { "Retry-After": "10" });
    const pathname = url.pathname === "/" ? "/index.html" : url.pathname;
    const file = this.#files.get(pathname);
    if (!file) throw new HttpError(404, `there is nothing at ${pathname.slice(0, 64)}`);
    response.setHeader("ETag", file.entityTag);
    // The names of the others tell their content, so a new one has a new name.
    const forever = pathname.startsWith(HASHED_FILES);
    response.setHeader("Cache-Control", forever ? `public, max-age=${YEAR_S}, immutable` : "no-cache");
    response.appendHeader("Vary", "Accept-Encoding");
    if (request.headers["if-none-match"] === file.entityTag) return void response.writeHead(304).end();
    const gzipped = /\bgzip\b(?!;q=0)/.test(`${request.headers["accept-encoding"]}`) ? file.gzipped : undefined;
    const body = gzipped ?? file.body;
    if (gzipped) response.setHeader("Content-Encoding", "gzip");
    response.writeHead(200, { "Content-Type": file.contentType, "Content-Length": body.length });
    response.end(request.method === "HEAD" ? undefined : body);
  }

  async close(): Promise<void> {}
}
