import type { Picture } from "../play/player.js";
import { QuickerWay } from "./quicker-way.js";

const BYTES_PER_PIXEL = 4;

/** What the types lack. @see https://www.w3.org/TR/webcodecs/#dictdef-videoframecopytooptions */
const AS_RGB: VideoFrameCopyToOptions & { format: string } = { format: "RGBX" };

interface Waiting {
  frame: VideoFrame;
  onDrawn: () => void;
}

/**
 * A camera's picture in its own size; the page's style makes it as large as fits. Each is drawn at once: waiting for the
 * screen's next turn would only make it later.
 */
export class PictureCanvas {
  readonly element = document.createElement("canvas");
  /** Pictures that were not drawn, since a newer one was there already. */
  skipped = 0;
  readonly #context: CanvasRenderingContext2D;
  #way = new QuickerWay();
  #pixels: ImageData | undefined;
  #isCopying = false;
  #waiting: Waiting | undefined;

  constructor(camera: string) {
    this.element.className = "picture";
    this.element.setAttribute("role", "img");
    this.element.setAttribute("aria-label", `Picture of the camera ${camera}`);
    this.#context = this.element.getContext("2d", { alpha: false }) as CanvasRenderingContext2D;
  }

  /** Draws a picture, of which it keeps nothing when this returns. @param onDrawn called when it is drawn */
  draw({ image, width, height }: Picture, onDrawn: () => void): void {
    this.#resize(width, height);
    if (isVideoFrame(image) && this.#way.next === "copy" && this.#canCopy(image)) {
      if (this.#waiting) this.#skip(this.#waiting);
      this.#waiting = { frame: image.clone(), onDrawn };
      if (!this.#isCopying) void this.#copy();
      return;
    }
    const startedMs = performance.now();
    this.#context.drawImage(image, 0, 0, width, height);
    if (isVideoFrame(image)) this.#way.took("draw", performance.now() - startedMs);
    onDrawn();
  }

  /** Resolves to the picture as PNG; undefined where there is none. */
  snapshot(): Promise<Blob | undefined> {
    return new Promise((resolve) => this.element.toBlob((png) => resolve(png ?? undefined), "image/png"));
  }

  #resize(width: number, height: number): void {
    const { element } = this;
    if (element.width === width && element.height === height) return;
    element.width = width;
    element.height = height;
    this.#pixels = undefined;
    this.#way = new QuickerWay();
  }

  /** Older browsers ignore that other pixels are wanted, and cropped pictures would need to be stretched. */
  #canCopy(frame: VideoFrame): boolean {
    const { width, height } = this.element;
    const { visibleRect } = frame;
    const isWhole = visibleRect?.width === width && visibleRect.height === height;
    const can = isWhole && frame.allocationSize(AS_RGB) === width * height * BYTES_PER_PIXEL;
    if (!can) this.#way.cannot("copy");
    return can;
  }

  /** Without a graphics processor drawing takes ten times as long as this. */
  async #copy(): Promise<void> {
    this.#isCopying = true;
    for (let next = this.#take(); next; next = this.#take()) {
      const { frame, onDrawn } = next;
      const { width, height } = this.element;
      if (frame.displayWidth !== width || frame.displayHeight !== height) {
        this.#skip(next);
        continue;
      }
      const startedMs = performance.now();
      this.#pixels ??= new ImageData(width, height);
      const pixels = this.#pixels;
      const isCopied = await frame.copyTo(pixels.data, AS_RGB).then(
        () => true,
        () => false,
      );
      frame.close();
      if (!isCopied) this.#way.cannot("copy");
      if (!isCopied || pixels !== this.#pixels) continue;
      this.#context.putImageData(pixels, 0, 0);
      this.#way.took("copy", performance.now() - startedMs);
      onDrawn();
    }
    this.#isCopying = false;
  }

  #take(): Waiting | undefined {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    return waiting;
  }

  #skip({ frame }: Waiting): void {
    this.skipped++;
    frame.close();
  }
}

/** Some browsers have no such class, and what has been decoded otherwise must be shown there all the same. */
function isVideoFrame(image: Picture["image"]): image is VideoFrame {
  return "VideoFrame" in globalThis && image instanceof VideoFrame;
}
