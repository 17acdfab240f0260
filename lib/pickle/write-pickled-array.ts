// The opcodes of an array's pickle up to each place where its length matters; every array has the same.
const HEAD = latin1(
  "\x80\x03", // protocol 3
  "cnumpy.core.multiarray\n_reconstruct\nq\x00",
  "cnumpy\nndarray\nq\x01K\x00\x85q\x02C\x01bq\x03\x87q\x04Rq\x05", // an empty array
  "(K\x01", // its state: the version, and the shape that follows
);
const TYPE_OF_ELEMENTS = latin1(
  "\x85q\x06cnumpy\ndtype\nq\x07X\x02\x00\x00\x00u1q\x08\x89\x88\x87q\x09Rq\x0a",
  "(K\x03X\x01\x00\x00\x00|q\x0bNNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tq\x0cb",
  "\x89", // rows before columns
);
const TAIL = latin1("q\x0dtq\x0eb.");

/**
 * The pickle of a numpy array of uint8 that holds these bytes, in protocol 3 and of shape (n,): what
 * `pickle.dumps(array, protocol=3)` gives under numpy 1, byte for byte, and every numpy reads. A copy; at most 2 GiB.
 *
 * Python itself writes one array otherwise: that of the single byte 98, whose content it shares with another `b"b"`.
 *
 * @see CPython, Lib/pickletools.py: the opcodes
 */
export function pickleArray(bytes: Buffer): Buffer {
  return Buffer.concat([HEAD, integer(bytes.length), TYPE_OF_ELEMENTS, bytesHead(bytes.length), bytes, TAIL]);
}

/** BININT1, BININT2 or BININT: the shortest that takes it. */
function integer(value: number): Buffer {
  if (value < 0x100) return Buffer.from([0x4b, value]);
  if (value < 0x1_0000) return Buffer.from([0x4d, value & 0xff, value >> 8]);
  const written = Buffer.from("J\0\0\0\0");
  written.writeInt32LE(value, 1);
  return written;
}

/** SHORT_BINBYTES or BINBYTES, and how many follow. */
function bytesHead(length: number): Buffer {
  if (length < 0x100) return Buffer.from([0x43, length]);
  const written = Buffer.from("B\0\0\0\0");
  written.writeUInt32LE(length, 1);
  return written;
}

function latin1(...parts: string[]): Buffer {
  return Buffer.from(parts.join(""), "latin1");
}
