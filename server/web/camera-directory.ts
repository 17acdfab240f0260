import { EventEmitter } from "eventemitter3";
import { StreamError } from "../../lib/errors.js";
import { HttpError } from "./http-error.js";
import type { WebCamera } from "./web-camera.js";

/** Where a camera stands among the others: where its owner put it, or by its id, behind all those. */
export type CameraPlace = "as it comes" | "by its id";

/** `cam2` goes before `cam10`. */
const ID_ORDER = new Intl.Collator("en", { numeric: true });

/** The cameras of one web server, in the order in which they are shown; `change` tells that one came or went. */
export class CameraDirectory extends EventEmitter<"change"> implements Iterable<WebCamera> {
  readonly #sorted = new WeakSet<WebCamera>();
  #cameras = new Map<string, WebCamera>();

  /**
   * @param place default: "as it comes". "by its id" is for those that come in whatever order
   * @throws StreamError `invalid-option` where another has its id
   */
  add(camera: WebCamera, place: CameraPlace = "as it comes"): void {
    if (this.#cameras.has(camera.id)) {
      throw new StreamError("invalid-option", `the web server has a camera "${camera.id}" already; ids must differ`);
    }
    if (place === "by its id") this.#sorted.add(camera);
    const all = [...this.#cameras.values(), camera];
    const sorted = all.filter((each) => this.#sorted.has(each)).sort((a, b) => ID_ORDER.compare(a.id, b.id));
    const placed = [...all.filter((each) => !this.#sorted.has(each)), ...sorted];
    this.#cameras = new Map(placed.map((each) => [each.id, each]));
    this.emit("change");
  }

  /** One that is not there is no error. */
  remove(camera: WebCamera): void {
    if (this.#cameras.get(camera.id) !== camera) return;
    this.#cameras.delete(camera.id);
    this.emit("change");
  }

  /**
   * The camera with this id; without one, the first.
   * @throws HttpError 404, 503 where there is none at all
   */
  find(id: string | undefined): WebCamera {
    const [first] = this.#cameras.values();
    if (!first) throw new HttpError(503, "there is no camera now");
    const camera = id === undefined ? first : this.#cameras.get(id);
    if (camera) return camera;
    const known = [...this.#cameras.keys()].join(", ");
    throw new HttpError(404, `no camera ${JSON.stringify(id?.slice(0, 64))}; there is: ${known}`);
  }

  [Symbol.iterator](): Iterator<WebCamera> {
    return this.#cameras.values();
  }
}
