import type { PickleName } from "./pickle-names.js";

/** What stands on the stack of a pickle that is read: dead data, none of it an object of Python. */
export type PickleValue =
  | null
  | boolean
  | number
  | PickledText
  | PickledBytes
  | { kind: "name"; name: PickleName }
  /** The type of an array's elements: uint8 once its state is there. */
  | { kind: "element-type"; isUint8: boolean }
  | PickledArray
  | readonly PickleValue[];

/** A view; decoded only where it matters. */
export interface PickledText {
  kind: "text";
  utf8: Buffer;
}

/** `bytes` or `bytearray`; a view. Protocol 2 has bytes as the UTF-8 of characters from 0 to 255. */
export interface PickledBytes {
  kind: "bytes";
  data: Buffer;
  isUtf8: boolean;
}

/** A numpy array of uint8, of shape (n,) or (n, 1); empty until its state is there. */
export interface PickledArray {
  kind: "array";
  content?: PickledBytes;
  /** How many elements its shape has. */
  length: number;
}
