import { buffer } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { StreamError } from "../../lib/errors.js";
import { readJpegPayload } from "../../lib/pickle/read-jpeg-payload.js";
import { pickleArray } from "../../lib/pickle/write-pickled-array.js";
import { describePeers, type Finished, PYTHON, pythonModule, startPeer } from "../support/peer-program.js";

const SCRIPT = fileURLToPath(new URL("pickle_arrays.py", import.meta.url));
// Where numpy and pickle write lengths otherwise.
const FRAMES = [1, 2, 3, 255, 256, 65_535, 65_536, 300_000].map(frameOf);
const KINDS = ["array", "read-only", "column", "gaps", "bytes", "bytearray", "Pickler in Python", "optimised"];
const PROTOCOLS = [2, 3, 4, 5];

interface Record {
  kind: string;
  /** Which of the frames; -1 where it is none of them. */
  number: number;
  protocol: number;
  pickle: Buffer;
}

/** What begins as a JPEG and holds every byte. */
function frameOf(length: number): Buffer {
  const frame = Buffer.alloc(length);
  for (let i = 0; i < length; i++) frame[i] = (i * 167 + (i >> 8)) & 0xff;
  Buffer.from([0xff, 0xd8]).copy(frame);
  return frame;
}

/** What Python makes of the pickles of our frames. */
async function askPython(finished: Finished): Promise<{ sound: Record[]; hostile: Record[] }> {
  const python = startPeer(PYTHON, [SCRIPT], finished);
  for (const frame of FRAMES) python.stdin.write(withLength(pickleArray(frame)));
  python.stdin.end();
  const parts = takeApart(await buffer(python.stdout));
  const { code } = await python.exited;
  expect(code, python.stderrTail().join("\n")).toBe(0);
  const records = parts.flatMap((title, i): Record[] => {
    if (i % 2 === 1) return [];
    const [kind, number, protocol] = JSON.parse(title.toString());
    return [{ kind, number, protocol, pickle: parts[i + 1] as Buffer }];
  });
  const border = records.findIndex(({ kind }) => kind === "hostile from here on");
  return { sound: records.slice(0, border), hostile: records.slice(border + 1) };
}

function withLength(record: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(record.length);
  return Buffer.concat([length, record]);
}

function takeApart(bytes: Buffer): Buffer[] {
  const records: Buffer[] = [];
  for (let offset = 0; offset < bytes.length; ) {
    const end = offset + 4 + bytes.readUInt32LE(offset);
    records.push(bytes.subarray(offset + 4, end));
    offset = end;
  }
  return records;
}

function readOrCode(pickle: Buffer): Buffer | string {
  try {
    return readJpegPayload(pickle);
  } catch (error) {
    return error instanceof StreamError ? error.code : String(error);
  }
}

const NEEDS = [PYTHON, pythonModule("numpy"), pythonModule("cv2")];

describePeers("Python's pickles of arrays", NEEDS, () => {
  it("are read, are what we write, and are refused where they hold anything else", async ({ onTestFinished }) => {
    const { sound, hostile } = await askPython(onTestFinished);

    const titles = sound.map(({ kind, number, protocol }) => `${kind} ${number} ${protocol}`);
    const frames = FRAMES.flatMap((_, i) =>
      PROTOCOLS.flatMap((protocol) => KINDS.map((kind) => `${kind} ${i} ${protocol}`)),
    );
    expect(titles).toEqual([...frames, ...PROTOCOLS.map((protocol) => `imencode -1 ${protocol}`)]);

    for (const { kind, number, protocol, pickle } of sound) {
      const title = `${kind} of frame ${number} in protocol ${protocol}`;
      const read = readOrCode(pickle);
      const frame = FRAMES[number];
      if (frame && frame.length > 1) expect(Buffer.isBuffer(read) && read.equals(frame), title).toBe(true);
      else if (frame) expect(read, title).toBe("invalid-data");
      else expect(read.length, title).toBeGreaterThan(100_000);
      if (protocol === 3 && ["array", "read-only", "imencode"].includes(kind)) {
        expect(pickleArray(frame ?? (read as Buffer)).equals(pickle), title).toBe(true);
      }
    }

    expect(hostile.length).toBe(PROTOCOLS.length * 19);
    expect(hostile.filter(({ pickle }) => readOrCode(pickle) !== "invalid-data")).toEqual([]);
  });
});
