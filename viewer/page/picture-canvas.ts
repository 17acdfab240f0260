import type { Picture } from "../play/player.js";

/** A camera's picture in its own size; the page's style makes it as large as fits. */
export class PictureCanvas {
  readonly element = document.createElement("canvas");
  readonly #context: CanvasRenderingContext2D;

  constructor(camera: string) {
    this.element.className = "picture";
    this.element.setAttribute("role", "img");
    this.element.setAttribute("aria-label", `Picture of the camera ${camera}`);
    this.#context = this.element.getContext("2d", { alpha: false }) as CanvasRenderingContext2D;
  }

  /** Draws at once: waiting for the screen's next turn would only make it later. */
  draw({ image, width, height }: Picture): void {
    const { element } = this;
    if (element.width !== width || element.height !== height) {
      element.width = width;
      element.height = height;
    }
    this.#context.drawImage(image, 0, 0);
  }

  /** Resolves to the picture as PNG; undefined where there is none. */
  snapshot(): Promise<Blob | undefined> {
    return new Promise((resolve) => this.element.toBlob((png) => resolve(png ?? undefined), "image/png"));
  }
}
