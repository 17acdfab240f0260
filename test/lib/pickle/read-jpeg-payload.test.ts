import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { StreamError } from "../../../lib/errors.js";
import { readJpegPayload } from "../../../lib/pickle/read-jpeg-payload.js";
import { pickleArray } from "../../../lib/pickle/write-pickled-array.js";
import { PICKLED_JPEG, PYTHON_PICKLES } from "./python-pickles.js";

const latin1 = (text: string): Buffer => Buffer.from(text, "latin1");
const nested = (depth: number): string => `${"(".repeat(depth)}K\x01${"t".repeat(depth)}`;

// The pieces of an array in protocol 3, to put together wrongly.
const EMPTY = "cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85C\x01b\x87R";
const TYPE = "cnumpy\ndtype\nX\x02\x00\x00\x00u1\x89\x88\x87R";
const TYPE_STATE = "(K\x03X\x01\x00\x00\x00|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb";
const JPEG = "C\x04\xff\xd8\xff\xd9";
const FORTRAN = "\x88";
const COLUMNS = "\x89";
const array = (shape: string, type = TYPE + TYPE_STATE, order = COLUMNS, content = JPEG): string =>
  `${EMPTY}(K\x01${shape}${type}${order}${content}tb`;

function messageOf(payload: Buffer): string {
  try {
    readJpegPayload(payload);
  } catch (error) {
    if (error instanceof StreamError && error.code === "invalid-data") return error.message;
    throw error;
  }
  throw new Error("was read");
}

describe("pickleArray", () => {
  it("writes what numpy 1 writes", () => {
    const written = new Map(PYTHON_PICKLES).get("numpy 1.24.2: array of shape (n,), protocol 3");
    expect(pickleArray(PICKLED_JPEG)).toEqual(written);
  });
});

describe("readJpegPayload", () => {
  it("takes a plain JPEG as it is", () => {
    expect(readJpegPayload(PICKLED_JPEG)).toBe(PICKLED_JPEG);
  });

  it.each(PYTHON_PICKLES)("reads Python's pickle: %s", (title, pickle) => {
    const jpeg = readJpegPayload(pickle);
    expect(jpeg.equals(PICKLED_JPEG)).toBe(true);
    expect(jpeg.buffer === pickle.buffer && pickle.includes(jpeg)).toBe(!title.endsWith("protocol 2"));
  });

  it("reads what pickleArray writes, without a copy", () => {
    const content = fc.oneof(fc.uint8Array({ maxLength: 600 }), fc.constant(new Uint8Array(70_000)));
    const property = fc.property(content, (bytes) => {
      const jpeg = Buffer.concat([latin1("\xff\xd8"), bytes]);
      const pickle = pickleArray(jpeg);
      const read = readJpegPayload(pickle);
      return read.equals(jpeg) && read.buffer === pickle.buffer;
    });
    fc.assert(property, { numRuns: 30 });
  });

  it("reads what older numpys write: numbers for truth", () => {
    const old = TYPE.replace("\x89\x88", "K\x00K\x01") + TYPE_STATE;
    expect(readJpegPayload(latin1(`\x80\x03${array("K\x04\x85", old)}.`)).toString("hex")).toBe("ffd8ffd9");
  });

  it("refuses what is cut anywhere", () => {
    const messages = new Set<string>();
    for (const [, pickle] of PYTHON_PICKLES) {
      for (let length = 0; length < pickle.length; length++) messages.add(messageOf(pickle.subarray(0, length)));
    }
    // A name without the end of its line is wrong before anything is missing.
    const others = [...messages].filter((message) => !message.startsWith("a pickle that names "));
    expect(others.sort()).toEqual([
      "a frame is neither a JPEG nor a pickle",
      "a pickle that ends too early is refused",
    ]);
  });

  it.each<[string, string]>([
    ["", "a frame is neither a JPEG nor a pickle"],
    ["GIF89a", "a frame is neither a JPEG nor a pickle"],
    ["(dp0\n.", "a frame is neither a JPEG nor a pickle"],
    ["\x80", "that ends too early"],
    ["\x80\x01K\x01.", "of no protocol from 2 to 5"],
    ["\x80\x06K\x01.", "of no protocol from 2 to 5"],
    ["\x80\x03.", "that takes more than it has"],
    ["\x80\x03K\x01.", "that holds no bytes"],
    ["\x80\x03N.", "that holds no bytes"],
    [`\x80\x03${JPEG}\x85.`, "that holds no bytes"],
    [`\x80\x03${EMPTY}.`, "that holds no bytes"],
    ["\x80\x03C\x04GIF8.", "that holds no JPEG"],
    [`\x80\x03N${JPEG}.`, "that leaves something over"],
    [`\x80\x03(${JPEG}.`, "that leaves something over"],
    [`\x80\x03${JPEG}.\0\0`, "with 2 bytes behind its end"],
    [`\x80\x03\x80\x03${JPEG}.`, "with the opcode 0x80"],
  ])("refuses %j", (pickle, message) => {
    expect(messageOf(latin1(pickle))).toContain(message);
  });

  it.each<[string, string, string]>([
    ["a float64", array("K\x04\x85", TYPE.replace("u1", "f8") + TYPE_STATE), "that calls dtype as no array"],
    ["another byte order", array("K\x04\x85", TYPE + TYPE_STATE.replace("|", ">")), "with a state that no array"],
    ["a type without its state", array("K\x04\x85", TYPE), "with a state that no array"],
    ["columns before rows", array("K\x04\x85", TYPE + TYPE_STATE, FORTRAN), "with a state that no array"],
    ["a row", array("K\x01K\x04\x86"), "with a state that no array"],
    ["a picture", array("K\x01K\x01K\x04\x87"), "with a state that no array"],
    ["a shape that is too large", array("K\x05\x85"), "whose array has 4 bytes for 5 elements"],
    ["a shape below zero", array("J\xff\xff\xff\xff\x85"), "whose array has 4 bytes for -1 elements"],
    ["a shape without a number", array("N\x85"), "with a state that no array"],
    ["objects", array("K\x04\x85", TYPE + TYPE_STATE, COLUMNS, `(${JPEG}t`), "with a state that no array"],
    ["a state for a type as one for an array", `${TYPE}(K\x01K\x04\x85NNNtb`, "with a state that no array"],
  ])("refuses an array with %s", (_title, pickle, message) => {
    expect(messageOf(latin1(`\x80\x03${pickle}.`))).toContain(message);
  });

  it.each<[string, string, string]>([
    ["os.system", "cos\nsystem\nX\x02\x00\x00\x00ls\x85R", "a pickle that names os.system is refused"],
    ["eval by the stack", "\x8c\x08builtins\x8c\x04eval\x93", "a pickle that names builtins.eval is refused"],
    ["a path through a module", "\x8c\x05numpy\x8c\x11core.multiarray.x\x93", "names numpy.core.multiarray.x is"],
    ["a name that begins as a known one", "cnumpy\nndarrays\n", "names numpy.ndarrays is"],
    ["a terminal's escapes", "cos\x1b[2J\r\nsys\xfftem\n", "that names os?[2J?.sys?tem is"],
    ["a long name", `c${"o".repeat(5000)}\nsystem\n`, `that names ${"o".repeat(64)}….`],
    ["a name of numbers", "K\x01K\x02\x93", "with a name that is no text"],
    ["REDUCE of text", "X\x01\x00\x00\x00a)R", "with the opcode 0x29"],
    ["REDUCE of a number", `K\x01${JPEG}\x85R`, "that calls what is no name"],
    ["REDUCE without arguments", "cnumpy\nndarray\nNR", "that calls what is no name"],
    ["REDUCE of ndarray", "cnumpy\nndarray\nK\x04\x85R", "that calls ndarray as no array"],
    [
      "another encoding",
      `c_codecs\nencode\nX\x01\x00\x00\x00aX\x03\x00\x00\x00hex\x86R`,
      "that calls encode as no array",
    ],
    ["a bytearray of a number", "cbuiltins\nbytearray\nJ\xff\xff\xff\x7f\x85R", "that calls bytearray as no array"],
    [
      "text that is no bytes",
      "c_codecs\nencode\nX\x02\x00\x00\x00\xc4\x80X\x06\x00\x00\x00latin1\x86R",
      "text that is no",
    ],
    ["text that is cut", "c_codecs\nencode\nX\x01\x00\x00\x00\xc3X\x06\x00\x00\x00latin1\x86R", "text that is no"],
    ["BUILD with a dictionary", `${EMPTY}}b`, "with the opcode 0x7d"],
    ["BUILD of text", `X\x01\x00\x00\x00a(K\x01tb`, "with a state that no array"],
    ["INST", "(ios\nsystem\n", "with the opcode 0x69"],
    ["OBJ", "(cnumpy\nndarray\no", "with the opcode 0x6f"],
    ["NEWOBJ", "cnumpy\nndarray\nK\x01\x85\x81", "with the opcode 0x81"],
    ["NEWOBJ_EX", "cnumpy\nndarray\nK\x01\x85N\x92", "with the opcode 0x92"],
    ["EXT1", "\x82\x01", "with the opcode 0x82"],
    ["PERSID", "Pa\n", "with the opcode 0x50"],
    ["BINPERSID", "K\x01Q", "with the opcode 0x51"],
    ["LONG4 of 2 GiB", "\x8b\xff\xff\xff\x7f", "with the opcode 0x8b"],
    ["NEXT_BUFFER", "\x97", "with the opcode 0x97"],
    ["BINBYTES of 4 GiB", "B\xff\xff\xff\xff\xff\xd8", "that ends too early"],
    ["BYTEARRAY8 of 16 EiB", `\x96${"\xff".repeat(8)}\xff\xd8`, "that ends too early"],
    ["BINUNICODE of 4 GiB", "X\xff\xff\xff\xffa", "that ends too early"],
    ["a FRAME that is too long", `\x95\x08${"\0".repeat(7)}${JPEG}`, "that ends too early"],
    ["a FRAME of 16 EiB", `\x95${"\xff".repeat(8)}${JPEG}`, "that ends too early"],
    ["a memo that is empty", "h\x00", "that recalls what it never had"],
    ["a memo of nothing", "q\x00", "that takes more than it has"],
    ["tuples from below a mark", "K\x01K\x01(\x86", "that takes more than it has"],
    ["a tuple without a mark", "K\x01t", "that takes more than it has"],
    ["deep nesting", nested(5000), "with more than 128 opcodes"],
    ["tuples of tuples", `K\x01${"q\x00h\x00\x86".repeat(1000)}`, "with more than 128 opcodes"],
  ])("refuses %s", (_title, pickle, message) => {
    expect(messageOf(latin1(`\x80\x04${pickle}.`))).toContain(message);
  });

  it("keeps its messages short", () => {
    const name = "x".repeat(1_000_000);
    expect(messageOf(latin1(`\x80\x03c${name}\n${name}\n.`)).length).toBeLessThan(200);
  });
});
