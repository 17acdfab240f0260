import { FieldReader } from "./field-reader.js";

/** What stands in a frame before the coded picture. */
export interface SideData {
  /** Bytes that it takes. */
  length: number;
  /** The codec's configuration from this frame on, where it changed. */
  extradata: Buffer | undefined;
}

/** How the field before a value says what kind of value it is; 0 and above it is the value itself. */
const KIND = { TEXT: -1, BINARY: -2, SIGNED: -3, TIME: -4 } as const;

/**
 * The side data and metadata at the start of a frame; undefined where they do not end inside `data`.
 *
 * @throws StreamError `invalid-data`
 * @see NUT Open Container Format (version 4), "side_data"
 */
export function parseSideData(data: Buffer): SideData | undefined {
  const reader = new FieldReader(data);
  let extradata: Buffer | undefined;
  for (const _part of ["side data", "metadata"]) {
    const count = reader.unsigned();
    for (let index = 0; index < count && !reader.overrun; index++) {
      const name = reader.block().toString("latin1");
      const kind = reader.signed();
      if (kind === KIND.TEXT) reader.block();
      else if (kind === KIND.BINARY) {
        reader.block();
        const value = reader.block();
        if (name === "Extradata") extradata = Buffer.from(value);
      } else if (kind <= KIND.SIGNED) reader.skipNumber();
    }
  }
  return reader.overrun ? undefined : { length: reader.position, extradata };
}
