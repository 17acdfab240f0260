import { createRequire } from "node:module";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Frame } from "../lib/index.js";
import type { VideoWindow } from "./window.js";

const KEY_POLL_MS = 50;
const QUIT_KEYS = new Set(["q".charCodeAt(0), "Q".charCodeAt(0), 27]);
const BUILT_HERE = fileURLToPath(new URL("../../.opencv/node_modules/opencv4nodejs", import.meta.url));

interface Mat {
  putText(text: string, origin: object, font: number, scale: number, options: object): void;
  release(): void;
}

/** The part of opencv4nodejs that this example uses. */
export interface OpenCv {
  Mat: new (data: Buffer, rows: number, columns: number, type: number) => Mat;
  Point2: new (x: number, y: number) => object;
  Vec3: new (blue: number, green: number, red: number) => object;
  CV_8UC3: number;
  FONT_HERSHEY_SIMPLEX: number;
  WND_PROP_VISIBLE: number;
  WINDOW_AUTOSIZE: number;
  WINDOW_GUI_NORMAL: number;
  namedWindow(name: string, flags: number): void;
  imshow(name: string, picture: Mat): void;
  waitKey(delayMs: number): number;
  getWindowProperty(name: string, property: number): number;
  destroyAllWindows(): void;
}

/**
 * OpenCV where it is installed, else undefined. Looked for in the node_modules folder that GLASSLINK_OPENCV names, or
 * among this project's packages and in what `npm run build:opencv` built.
 */
export function loadOpenCv(): OpenCv | undefined {
  const folder = process.env.GLASSLINK_OPENCV;
  const places = folder ? [resolve(folder, "opencv4nodejs")] : ["opencv4nodejs", BUILT_HERE];
  // The module asks for this when it was built against the system's OpenCV.
  process.env.OPENCV4NODEJS_DISABLE_AUTOBUILD ??= "1";
  const require = createRequire(import.meta.url);
  for (const place of places) {
    try {
      // It logs its own configuration to stdout while it loads.
      createRequire(require.resolve(place))("@u4/opencv-build").Log.silence = true;
      return require(place);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code !== "MODULE_NOT_FOUND") console.error(`${place} does not load: ${(error as Error).message}`);
    }
  }
  return undefined;
}

/** A window made by OpenCV; the caption is drawn onto the picture. */
export class OpenCvWindow implements VideoWindow {
  readonly closed: Promise<void>;
  readonly #cv: OpenCv;
  readonly #title: string;
  readonly #keys: NodeJS.Timeout;
  #quit = (): void => {};

  constructor(cv: OpenCv, title: string) {
    this.#cv = cv;
    this.#title = title;
    this.closed = new Promise((resolve) => {
      this.#quit = resolve;
    });
    cv.namedWindow(title, cv.WINDOW_AUTOSIZE | cv.WINDOW_GUI_NORMAL);
    // Also while no frame comes: OpenCV paints and reads keys only inside waitKey.
    this.#keys = setInterval(() => this.#readKeys(), KEY_POLL_MS);
  }

  async show(frame: Frame, caption: string): Promise<void> {
    const { Mat, CV_8UC3 } = this.#cv;
    // The constructor reads rows * columns * 3 bytes, however many there are.
    if (frame.data.length !== frame.width * frame.height * 3) throw new RangeError("not a bgr24 frame");
    const picture = new Mat(frame.data, frame.height, frame.width, CV_8UC3);
    this.#write(picture, caption);
    this.#cv.imshow(this.#title, picture);
    picture.release();
    this.#readKeys();
  }

  close(): void {
    clearInterval(this.#keys);
    this.#cv.destroyAllWindows();
  }

  // White on a black outline is readable on any picture.
  #write(picture: Mat, caption: string): void {
    const { Point2, Vec3, FONT_HERSHEY_SIMPLEX } = this.#cv;
    const origin = new Point2(10, 40);
    picture.putText(caption, origin, FONT_HERSHEY_SIMPLEX, 0.6, { color: new Vec3(0, 0, 0), thickness: 4 });
    picture.putText(caption, origin, FONT_HERSHEY_SIMPLEX, 0.6, { color: new Vec3(255, 255, 255), thickness: 1 });
  }

  #readKeys(): void {
    const key = this.#cv.waitKey(1);
    const isGone = this.#cv.getWindowProperty(this.#title, this.#cv.WND_PROP_VISIBLE) === 0;
    if (isGone || QUIT_KEYS.has(key & 0xff)) this.#quit();
  }
}
