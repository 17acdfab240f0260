import { EventEmitter } from "eventemitter3";
import { StreamError } from "../../lib/errors.js";
import { HttpError } from "./http-error.js";
import type { WebCamera } from "./web-camera.js";

/** The cameras of one web server, in the order in which they came; `change` tells that one came or went. */
export class CameraDirectory extends EventEmitter<"change"> implements Iterable<WebCamera> {
  readonly #cameras = new Map<string, WebCamera>();

  /** @throws StreamError `invalid-option` where another has its id */
  add(camera: WebCamera): void {
    if (this.#cameras.has(camera.id)) {
      throw new StreamError("invalid-option", `the web server has a camera "${camera.id}" already; ids must differ`);
    }
    this.#cameras.set(camera.id, camera);
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
