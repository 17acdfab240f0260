import type { CameraInfo, LiveTransport } from "../../server/web/live-protocol.js";
import { CameraView } from "./camera-view.js";
import { element } from "./element.js";
import { gridColumns } from "./grid.js";
import type { ServerLink } from "./server-link.js";

/** The cameras on the page, side by side: as many as the server has. */
export class CameraViews implements Iterable<CameraView> {
  readonly #link: ServerLink;
  readonly #main = element("views", HTMLElement);
  #views: CameraView[] = [];
  #only: string | undefined;
  #forced: LiveTransport | undefined;
  #isStopped = false;

  constructor(link: ServerLink, forced: LiveTransport | undefined) {
    this.#link = link;
    this.#forced = forced;
    addEventListener("resize", () => this.#layOut());
  }

  /** The camera that is shown alone; undefined: all are shown. */
  get only(): string | undefined {
    return this.#only;
  }

  get shown(): CameraView[] {
    return this.#views.filter(({ element }) => !element.hidden);
  }

  get forced(): LiveTransport | undefined {
    return this.#forced;
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** Shows the cameras that there are now, in the server's order, and looks after each. */
  look(cameras: readonly CameraInfo[]): void {
    const ids = cameras.map(({ id }) => id);
    if (ids.join() !== this.#views.map(({ camera }) => camera).join()) this.#rearrange(cameras);
    cameras.forEach((info, index) => {
      const view = this.#views[index];
      if (view && !view.element.hidden) view.look(info);
    });
    this.#layOut(cameras.find(({ width, height }) => width && height));
  }

  /** Shows one camera, or all. */
  choose(only: string | undefined): void {
    this.#only = only;
    for (const view of this.#views) this.#apply(view);
    this.#layOut();
  }

  /** Uses only one transport from now on, or the best. */
  force(transport: LiveTransport | undefined): void {
    this.#forced = transport;
    if (this.#isStopped) return;
    for (const view of this.shown) view.start(transport);
  }

  /** Shows no pictures, or begins anew. */
  stop(isStopped: boolean): void {
    this.#isStopped = isStopped;
    for (const view of this.shown) {
      if (isStopped) view.stop();
      else view.start(this.#forced);
    }
  }

  [Symbol.iterator](): Iterator<CameraView> {
    return this.#views.values();
  }

  #rearrange(cameras: readonly CameraInfo[]): void {
    const before = this.#views;
    this.#views = cameras.map(({ id }, index) => {
      const view = before.find(({ camera }) => camera === id);
      if (view) return view;
      const added = new CameraView(cameras[index] as CameraInfo, this.#link);
      added.element.hidden = true;
      return added;
    });
    for (const view of before) if (!this.#views.includes(view)) view.stop();
    if (!cameras.some(({ id }) => id === this.#only)) this.#only = undefined;
    this.#main.replaceChildren(...this.#views.map((view) => view.element));
    for (const view of this.#views) this.#apply(view);
  }

  /** What is not shown is not fetched either: the link to the camera may be narrow. */
  #apply(view: CameraView): void {
    const isShown = this.#only === undefined || view.camera === this.#only;
    if (isShown && view.element.hidden) {
      view.element.hidden = false;
      if (!this.#isStopped) view.start(this.#forced);
      else view.stop();
    } else if (!isShown && !view.element.hidden) {
      view.stop();
      view.element.hidden = true;
    }
  }

  #layOut(sized?: CameraInfo): void {
    const room = { width: this.#main.clientWidth, height: this.#main.clientHeight };
    const shape = sized?.width && sized.height ? sized.width / sized.height : undefined;
    const columns = gridColumns(Math.max(1, this.shown.length), room, shape);
    const template = `repeat(${columns}, minmax(0, 1fr))`;
    if (this.#main.style.gridTemplateColumns !== template) this.#main.style.gridTemplateColumns = template;
  }
}
