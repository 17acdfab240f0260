import { isRestartMarker, JPEG_MARKER, JPEG_PREFIX } from "./jpeg-segments.js";

/** Codes below stand alone, or are no markers: coded data has zeros there. */
const FIRST_WITH_LENGTH = 0xc0;

/**
 * Finds where one JPEG ends while its bytes come: behind EOI, which is looked for where markers stand. One inside of a
 * segment, such as that of a thumbnail in EXIF, is passed over. Each byte is looked at once.
 *
 * @see ITU-T T.81 B.1.1
 */
export class JpegEnd {
  /** Where the next marker is looked for; may lie behind what is here. */
  #at = 2;

  /**
   * Where the picture ends; undefined where its end is not here, or it has none.
   *
   * @param data the picture from SOI on, longer from call to call
   */
  find(data: Buffer): number | undefined {
    while (this.#at < data.length) {
      const marker = data.indexOf(JPEG_PREFIX, this.#at);
      this.#at = marker < 0 ? data.length : marker;
      if (marker < 0 || marker + 1 >= data.length) return undefined;
      const code = data[marker + 1] as number;
      if (code === JPEG_MARKER.EOI) return marker + 2;
      if (code === JPEG_PREFIX) this.#at = marker + 1;
      else if (standsAlone(code)) this.#at = marker + 2;
      else if (marker + 4 > data.length) return undefined;
      else this.#at = marker + 2 + data.readUInt16BE(marker + 2);
    }
    return undefined;
  }
}

function standsAlone(code: number): boolean {
  return code < FIRST_WITH_LENGTH || isRestartMarker(code) || code === JPEG_MARKER.SOI;
}
