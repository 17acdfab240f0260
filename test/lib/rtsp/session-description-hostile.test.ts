import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { StreamError } from "../../../lib/errors.js";
import { type Presentation, readSessionDescription } from "../../../lib/rtsp/session-description.js";
import { DESCRIPTIONS } from "./descriptions.js";

const BASE = "rtsp://cam/stream/";
const MEDIUM = "m=video 0 RTP/AVP 96\na=rtpmap:96 H264/90000\n";
/** What a message may carry. */
const LARGEST = 64 * 1_024;

/** What a description says, or the code of the error that it is refused with. */
function read(text: string): Presentation | string {
  try {
    return readSessionDescription(text, BASE);
  } catch (error) {
    if (error instanceof StreamError) return error.code;
    throw error;
  }
}

function expectSound(text: string): void {
  const presentation = read(text);
  if (typeof presentation === "string") {
    expect(presentation).toBe("invalid-data");
    return;
  }
  expect(presentation.tracks.length).toBeLessThanOrEqual(16);
  for (const track of presentation.tracks) {
    const { clockRate, port = 1, size = { width: 1, height: 1 }, parameterSets, payloadType } = track;
    expect(clockRate > 0 && clockRate <= 1e9).toBe(true);
    expect(port > 0 && port <= 65_535 && Number.isInteger(port)).toBe(true);
    expect(Math.min(size.width, size.height) > 0 && Math.max(size.width, size.height) <= 65_535).toBe(true);
    expect(Number.isInteger(payloadType)).toBe(true);
    expect(typeof track.url).toBe("string");
    expect(typeof track.encoding).toBe("string");
    expect(track.url).not.toMatch(/[\r\n]/);
    for (const set of parameterSets) expect(set.length > 1 && set.length <= 4_096).toBe(true);
  }
}

const line = fc
  .tuple(
    fc.constantFrom(..."vosiuepcbtrzkam"),
    fc.oneof(
      fc.string(),
      fc.constantFrom("video 0 RTP/AVP 96", "video 99999 RTP/AVP 999999999999", "audio", "IN IP4 999.1.1.1/999", ""),
      fc
        .tuple(
          fc.constantFrom(
            "rtpmap:96",
            "fmtp:96",
            "control:",
            "framesize:96",
            "x-dimensions:",
            "ssrc:",
            "candidate:",
            "crypto:",
          ),
          fc.oneof(
            fc.string(),
            fc.constantFrom("H264/90000", "H264/0", "/", "sprop-parameter-sets=,,=", "NaN", "__proto__"),
          ),
        )
        .map((parts) => parts.join(" ")),
    ),
  )
  .map((parts) => parts.join("="));

const mutated = fc
  .tuple(
    fc.constantFrom(...Object.values(DESCRIPTIONS)),
    fc.array(fc.tuple(fc.nat(2_000), fc.nat(40), fc.string({ maxLength: 4 })), { minLength: 1, maxLength: 8 }),
  )
  .map(([text, changes]) =>
    changes.reduce<string>((sum, [at, drop, put]) => {
      const place = at % (sum.length + 1);
      return sum.slice(0, place) + put + sum.slice(place + drop);
    }, text),
  );

describe("a hostile description", () => {
  it.each([
    ["nothing", ""],
    ["no medium", "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=-\nt=0 0\na=rtpmap:96 H264/90000\n"],
    ["HTML", "<html><body>404</body></html>"],
    ["zeros", "\0".repeat(100)],
    ["line ends", "\r\n".repeat(100)],
  ])("is refused that holds %s", (_what, text) => {
    expect(read(text)).toBe("invalid-data");
  });

  it("throws nothing but StreamError, and gives nothing out of range, whatever its lines are", () => {
    const lines = fc.array(line, { maxLength: 30 }).map((list) => list.join("\r\n"));
    const withMedium = lines.map((text) => `${MEDIUM}${text}`);
    fc.assert(fc.property(fc.oneof(fc.string(), lines, withMedium), expectSound), { numRuns: 1_000 });
  });

  it("does so for a real one that is spoilt", () => {
    fc.assert(fc.property(mutated, expectSound), { numRuns: 1_000 });
  });

  it("does so for a real one that is cut short anywhere", () => {
    for (const text of Object.values(DESCRIPTIONS)) {
      for (let end = 0; end < text.length; end++) expectSound(text.slice(0, end));
    }
  });

  it("has no more than 16 tracks", () => {
    expect(read(MEDIUM.repeat(1_000))).toMatchObject({ tracks: { length: 16 } });
  });

  it("cannot name what every object has", () => {
    expectSound(`${MEDIUM}a=__proto__:x\na=fmtp:96 __proto__=x;constructor=y\na=constructor:1\n`);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });

  // With time that grows as the square of the length, some of these would take minutes.
  it.each([
    "a=x\n",
    "\n",
    "m=x\n",
    "a=rtpmap:96 H264/90000\n",
    "a=fmtp:96 a=b\n",
    "a=fmtp:96 sprop-parameter-sets=A,",
    "a=control:     ",
    "a=framesize:    ",
    "a=x-dimensions:    1",
    "a=imageattr:96 send [[]] []",
    "a=candidate:1 1 1 1 1 1 typ ",
    "a=source-filter:    ",
    "a=simulcast:send a;a,",
    "a=extmap:1/a a",
    "a=ssrc-group:a a ",
    "a=sctpmap:1 a/a",
    "c=IN IP4     ",
    "o=1 1 ",
  ])("takes no longer for lines or a line of %j than for anything else", (piece) => {
    const [head = "", tail = ""] = piece.split(/(?<=:|=)(.*)/s);
    const lines = MEDIUM + piece.repeat(LARGEST / piece.length);
    const oneLine = `${MEDIUM}${head}${(tail || piece).repeat(LARGEST / piece.length)}`;
    for (let turn = 0; turn < 5; turn++) {
      expectSound(lines);
      expectSound(oneLine);
    }
  });
});
