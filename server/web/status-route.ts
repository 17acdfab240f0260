import type { CameraDirectory } from "./camera-directory.js";
import { cameraInfo } from "./camera-info.js";
import { DocumentRoute, jsonDocument } from "./document-route.js";
import type { WebExchange, WebRoute } from "./web-route.js";

const PATHNAME = "/";

/** What is at `/`: the page for a browser, and a short status for programs. */
export class StatusRoute implements WebRoute {
  readonly methods: readonly string[];
  readonly #page: WebRoute;
  readonly #status: DocumentRoute;

  /** @param page stays its owner's */
  constructor(cameras: CameraDirectory, page: WebRoute) {
    this.methods = page.methods;
    this.#page = page;
    this.#status = new DocumentRoute(PATHNAME, () => {
      const infos = [...cameras].map(cameraInfo).map(({ id, state, codec, width, height, fps, viewers }) => {
        return { id, state, codec, width, height, fps, viewers };
      });
      return jsonDocument({ status: "ok", cameras: infos });
    });
  }

  matches(pathname: string): boolean {
    return pathname === PATHNAME;
  }

  async handle(exchange: WebExchange): Promise<void> {
    const { request, response } = exchange;
    response.appendHeader("Vary", "Accept");
    const isBrowser = request.headers.accept?.includes("text/html") ?? false;
    await (isBrowser ? this.#page : this.#status).handle(exchange);
  }

  async close(): Promise<void> {}
}
