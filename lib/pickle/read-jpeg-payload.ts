import { StreamError } from "../errors.js";
import { OPCODE } from "./pickle-opcodes.js";
import type { PickledBytes, PickleValue } from "./pickle-value.js";
import { refusedPickle } from "./refused-pickle.js";
import { walkPickle } from "./walk-pickle.js";

/**
 * The JPEG in a frame as streamers written in Python send it: a plain JPEG, or the pickle (protocols 2 to 5) of `bytes`,
 * a `bytearray`, or a numpy array of uint8 and shape (n,) or (n, 1) that holds one. A view of `payload`, except from
 * protocol 2, which stores bytes as text. Nothing in a pickle is executed or looked up.
 *
 * @throws StreamError `invalid-data` where it is anything else
 */
export function readJpegPayload(payload: Buffer): Buffer {
  if (isJpeg(payload)) return payload;
  if (payload[0] !== OPCODE.PROTO) throw new StreamError("invalid-data", "a frame is neither a JPEG nor a pickle");
  const content = contentOf(walkPickle(payload));
  if (!isJpeg(content)) throw refusedPickle("that holds no JPEG");
  return content;
}

function isJpeg(bytes: Buffer): boolean {
  return bytes[0] === 0xff && bytes[1] === 0xd8;
}

function contentOf(value: PickleValue): Buffer {
  if (typeof value === "object" && value !== null && "kind" in value) {
    if (value.kind === "bytes") return decoded(value);
    if (value.kind === "array" && value.content) {
      const content = decoded(value.content);
      if (content.length !== value.length) {
        throw refusedPickle(`whose array has ${content.length} bytes for ${value.length} elements`);
      }
      return content;
    }
  }
  throw refusedPickle("that holds no bytes");
}

function decoded({ data, isUtf8 }: PickledBytes): Buffer {
  return isUtf8 ? latin1FromUtf8(data) : data;
}

/** Characters from 0 to 255, of one or two bytes each, become one byte each. */
function latin1FromUtf8(utf8: Buffer): Buffer {
  const bytes = Buffer.allocUnsafe(utf8.length);
  let length = 0;
  for (let i = 0; i < utf8.length; i++) {
    const first = utf8[i] as number;
    if (first < 0x80) {
      bytes[length++] = first;
    } else {
      const second = utf8[++i];
      const isLatin1 = (first === 0xc2 || first === 0xc3) && second !== undefined && (second & 0xc0) === 0x80;
      if (!isLatin1) throw refusedPickle("with text that is no bytes");
      bytes[length++] = ((first & 0x03) << 6) | (second & 0x3f);
    }
  }
  return bytes.subarray(0, length);
}
