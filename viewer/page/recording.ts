import { download, fileName } from "./download.js";

/** Of those that the browser has, the first is taken: what costs the processor least comes first. */
const FORMATS = [
  { type: "video/webm;codecs=vp8", extension: "webm" },
  { type: "video/mp4;codecs=avc1.42E01E", extension: "mp4" },
  { type: "video/webm", extension: "webm" },
  { type: "video/mp4", extension: "mp4" },
];
const PIECE_MS = 1_000;
const BITS_PER_SECOND = 6_000_000;
/** What is recorded stays in the browser's memory until it is saved; a longer recording becomes several files. */
const MAX_BYTES = 512 * 1024 * 1024;

/** Whether this browser can record at all. */
export function canRecord(): boolean {
  return "MediaRecorder" in globalThis && "captureStream" in HTMLCanvasElement.prototype;
}

/** Records a camera's picture, without what lies over it, and has the browser save it in the end. */
export class Recording {
  readonly #camera: string;
  readonly #stream: MediaStream;
  readonly #format = FORMATS.find(({ type }) => MediaRecorder.isTypeSupported(type));
  #recorder: MediaRecorder;

  constructor(camera: string, canvas: HTMLCanvasElement) {
    this.#camera = camera;
    this.#stream = canvas.captureStream();
    this.#recorder = this.#begin();
  }

  /** Ends it and saves it. Idempotent. */
  stop(): void {
    if (this.#recorder.state !== "inactive") this.#recorder.stop();
    for (const track of this.#stream.getTracks()) track.stop();
  }

  #begin(): MediaRecorder {
    const type = this.#format?.type;
    const options = { videoBitsPerSecond: BITS_PER_SECOND, ...(type !== undefined && { mimeType: type }) };
    const recorder = new MediaRecorder(this.#stream, options);
    const pieces: Blob[] = [];
    let bytes = 0;
    recorder.ondataavailable = ({ data }) => {
      pieces.push(data);
      bytes += data.size;
      if (bytes < MAX_BYTES || recorder.state === "inactive") return;
      recorder.stop();
      this.#recorder = this.#begin();
    };
    recorder.onstop = () => {
      const name = fileName(this.#camera, this.#format?.extension ?? "webm");
      if (bytes > 0) download(new Blob(pieces, { type: recorder.mimeType }), name);
    };
    recorder.start(PIECE_MS);
    return recorder;
  }
}
