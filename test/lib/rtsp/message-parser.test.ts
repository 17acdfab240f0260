import { describe, expect, it } from "vitest";
import { RtspHeaders } from "../../../lib/rtsp/message.js";
import { FRAMES, REQUESTS, RESPONSES } from "./captured-session.js";
import { parseRtsp, singleBytes } from "./parse-rtsp.js";

const OPTIONS = { kind: "request", method: "OPTIONS", url: "*", version: "RTSP/1.0", headers: [], body: "" };
const OK = { kind: "response", status: 200, reason: "OK", headers: [], body: "" };

const KIB = 1_024;
const HEAD_BYTES = 16 * KIB;
const BODY_BYTES = 64 * KIB;

/** A request whose head has so many bytes. */
function headOf(bytes: number): string {
  const lines = ["OPTIONS * RTSP/1.0", ...Array.from({ length: 7 }, () => `X: ${"x".repeat(2_000)}`)];
  const rest = bytes - `${lines.join("\r\n")}\r\nY: \r\n\r\n`.length;
  return `${[...lines, `Y: ${"y".repeat(rest)}`].join("\r\n")}\r\n\r\n`;
}

function announcement(bytes: number): string {
  return `ANNOUNCE * RTSP/1.0\r\nContent-Length: ${bytes}\r\n\r\n${"b".repeat(bytes)}`;
}

/** A request whose first line has so many bytes. */
function firstLineOf(bytes: number): string {
  return `OPTIONS ${"u".repeat(bytes - "OPTIONS  RTSP/1.0".length)} RTSP/1.0\n\n`;
}

describe("a message", () => {
  it.each<[string, string, object]>([
    ["a request", "OPTIONS * RTSP/1.0\r\n\r\n", OPTIONS],
    ["lines that end in LF", "OPTIONS * RTSP/1.0\nCSeq: 1\n\n", { ...OPTIONS, headers: [["CSeq", "1"]] }],
    ["lines that end in either", "OPTIONS * RTSP/1.0\r\nCSeq: 1\n\r\n", { ...OPTIONS, headers: [["CSeq", "1"]] }],
    ["empty lines before it", "\r\n\n\r\nOPTIONS * RTSP/1.0\r\n\r\n", OPTIONS],
    ["small letters", "options * rtsp/1.0\r\n\r\n", OPTIONS],
    ["a method with an underscore", "GET_PARAMETER * RTSP/1.0\r\n\r\n", { ...OPTIONS, method: "GET_PARAMETER" }],
    ["a later version", "OPTIONS * RTSP/2.0\r\n\r\n", { ...OPTIONS, version: "RTSP/2.0" }],
    ["a URL", "OPTIONS rtsp://h:1/a?b=c RTSP/1.0\r\n\r\n", { ...OPTIONS, url: "rtsp://h:1/a?b=c" }],
    ["a response", "RTSP/1.0 200 OK\r\n\r\n", OK],
    ["a reason of several words", "RTSP/1.0 404 Not Found\r\n\r\n", { ...OK, status: 404, reason: "Not Found" }],
    ["no reason", "RTSP/1.0 200\r\n\r\n", { ...OK, reason: "" }],
    ["an empty reason", "RTSP/1.0 200 \r\n\r\n", { ...OK, reason: "" }],
    ["spaces around a value", "OPTIONS * RTSP/1.0\r\nA:  b \t\r\n\r\n", { ...OPTIONS, headers: [["A", "b"]] }],
    ["none", "OPTIONS * RTSP/1.0\r\nA:b\r\n\r\n", { ...OPTIONS, headers: [["A", "b"]] }],
    ["a space before the colon", "OPTIONS * RTSP/1.0\r\nA : b\r\n\r\n", { ...OPTIONS, headers: [["A", "b"]] }],
    ["an empty value", "OPTIONS * RTSP/1.0\r\nA:\r\n\r\n", { ...OPTIONS, headers: [["A", ""]] }],
    ["colons in a value", "OPTIONS * RTSP/1.0\r\nA: b:c\r\n\r\n", { ...OPTIONS, headers: [["A", "b:c"]] }],
    ["a folded header", "OPTIONS * RTSP/1.0\r\nA: b,\r\n\t c\r\n\r\n", { ...OPTIONS, headers: [["A", "b, c"]] }],
    ["UTF-8", "OPTIONS * RTSP/1.0\r\nA: Küche\r\n\r\n", { ...OPTIONS, headers: [["A", "Küche"]] }],
    [
      "one header twice",
      "RTSP/1.0 401 No\r\nWWW-Authenticate: Digest\r\nWWW-Authenticate: Basic\r\n\r\n",
      {
        ...{ ...OK, status: 401, reason: "No" },
        headers: [
          ["WWW-Authenticate", "Digest"],
          ["WWW-Authenticate", "Basic"],
        ],
      },
    ],
    [
      "a body",
      "RTSP/1.0 200 OK\r\ncontent-length: 5\r\n\r\n\r\nv=0",
      { ...OK, headers: [["content-length", "5"]], body: "\r\nv=0" },
    ],
    [
      "lines that are no headers, as an answer may have",
      "RTSP/1.0 200 OK\r\nnonsense\r\nCSeq: 1\r\n: x\r\n\r\n",
      { ...OK, headers: [["CSeq", "1"]] },
    ],
    [
      "a body of no length",
      "RTSP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
      { ...OK, headers: [["Content-Length", "0"]] },
    ],
  ])("is read with %s", (_what, text, expected) => {
    expect(parseRtsp(text).items).toEqual([expected]);
    expect(parseRtsp(...singleBytes(Buffer.from(text))).items).toEqual([expected]);
  });

  it("is found by its headers' names in any case, as VLC writes CSeq", () => {
    const headers = new RtspHeaders({ Cseq: 3 });
    headers.append("CSEQ", "4");
    expect([headers.get("CSeq"), headers.all("cseq"), headers.get("Session")]).toEqual(["3", ["3", "4"], undefined]);
  });

  it.each<[string, string, number]>([
    ["another protocol", "GET / HTTP/1.1\r\n\r\n", 400],
    ["no version", "OPTIONS *\r\n\r\n", 400],
    ["no URL", "OPTIONS RTSP/1.0\r\n\r\n", 400],
    ["two spaces", "OPTIONS  * RTSP/1.0\r\n\r\n", 400],
    ["a status of four digits", "RTSP/1.0 2000 OK\r\n\r\n", 400],
    ["a header without a colon", "OPTIONS * RTSP/1.0\r\nA\r\n\r\n", 400],
    ["a header without a name", "OPTIONS * RTSP/1.0\r\n: b\r\n\r\n", 400],
    ["a name of two words", "OPTIONS * RTSP/1.0\r\nA B: c\r\n\r\n", 400],
    ["a first header that goes on with nothing", "OPTIONS * RTSP/1.0\r\n A: b\r\n\r\n", 400],
    ["a bare CR in a value", "OPTIONS * RTSP/1.0\r\nA: b\rC: d\r\n\r\n", 400],
    ["a length that is no number", "OPTIONS * RTSP/1.0\r\nContent-Length: many\r\n\r\n", 400],
    ["a negative length", "OPTIONS * RTSP/1.0\r\nContent-Length: -1\r\n\r\n", 400],
    ["a length beyond all numbers", `OPTIONS * RTSP/1.0\r\nContent-Length: ${"9".repeat(40)}\r\n\r\n`, 400],
    ["two lengths in one", "OPTIONS * RTSP/1.0\r\nContent-Length: 1, 2\r\n\r\n", 400],
    ["a byte that begins nothing", "\u0000", 400],
    ["a digit", "1", 400],
    ["a space", " OPTIONS", 400],
  ])("is refused with %s", (_what, text, status) => {
    const refused = { items: [], status };
    expect(parseRtsp(text)).toMatchObject(refused);
    expect(parseRtsp(...singleBytes(Buffer.from(text)))).toMatchObject(refused);
  });

  it("that is refused does not take those before it along", () => {
    expect(parseRtsp("OPTIONS * RTSP/1.0\r\n\r\n$\u0001\u0000\u0000?")).toMatchObject({
      items: [OPTIONS, { kind: "interleaved", channel: 1, data: "" }],
      status: 400,
    });
  });
});

describe("a bound", () => {
  it.each<[string, string]>([
    ["a head", headOf(HEAD_BYTES)],
    ["a body", announcement(BODY_BYTES)],
    ["a first line", firstLineOf(4_160)],
    ["64 headers", `OPTIONS * RTSP/1.0\r\n${"A: b\r\n".repeat(64)}\r\n`],
  ])("lets through what just fits: %s", (_what, text) => {
    const bytes = Buffer.from(text);
    const [head, last] = [bytes.subarray(0, -1), bytes.subarray(-1)];
    expect(parseRtsp(bytes).items.length).toBe(1);
    expect(parseRtsp(head).items.length).toBe(0);
    expect(parseRtsp(head, last)).toEqual(parseRtsp(bytes));
  });

  it.each<[string, string, number]>([
    ["a head", headOf(HEAD_BYTES + 1), 413],
    ["a body", announcement(BODY_BYTES + 1), 413],
    ["a first line", firstLineOf(4_161), 414],
    ["a first line of long letters", firstLineOf(4_161 - 2_000).replace(/u{2000}/, "ü".repeat(2_000)), 414],
    ["a reason", `RTSP/1.0 200 ${"x".repeat(4_148)}\r\n\r\n`, 414],
    ["65 headers", `OPTIONS * RTSP/1.0\r\n${"A: b\r\n".repeat(65)}\r\n`, 413],
  ])("refuses what is one more: %s", (_what, text, status) => {
    const bytes = Buffer.from(text);
    expect(parseRtsp(bytes)).toMatchObject({ items: [], status });
    expect(parseRtsp(bytes.subarray(0, -2), bytes.subarray(-2))).toMatchObject({ items: [], status });
  });

  it.each<[string, string, string, number]>([
    ["a line", "", "x", 4_161],
    ["headers", "OPTIONS * RTSP/1.0\r\n", "Name: value\r\n", HEAD_BYTES],
    ["one header", "OPTIONS * RTSP/1.0\r\nName: ", "v", HEAD_BYTES],
    ["the lines of one header", "OPTIONS * RTSP/1.0\r\nName: ", "\r\n value", HEAD_BYTES],
  ])("ends %s without an end as soon as it is reached", (_what, start, piece, bytes) => {
    const { status, takenBytes } = parseRtsp(start, ...Array<string>(20_000).fill(piece));
    expect(status).toBe(bytes === HEAD_BYTES ? 413 : 414);
    expect(takenBytes).toBeLessThanOrEqual(bytes + piece.length);
  });

  it("refuses a body before its first byte", () => {
    const head = "ANNOUNCE * RTSP/1.0\r\nContent-Length: 65537\r\n\r\n";
    expect(parseRtsp(head, "b")).toMatchObject({ status: 413, takenBytes: head.length });
  });
});

describe("interleaved frames", () => {
  it("come out as they are, whatever they hold", () => {
    const text = Buffer.from("OPTIONS * RTSP/1.0\r\n\r\n");
    const frame = Buffer.concat([Buffer.of(0x24, 255, 0, text.length), text]);
    expect(parseRtsp(frame, frame).items).toEqual(
      Array(2).fill({ kind: "interleaved", channel: 255, data: text.toString("hex") }),
    );
  });

  it("may be 65535 bytes long", () => {
    const frame = Buffer.concat([Buffer.of(0x24, 0, 0xff, 0xff), Buffer.alloc(65_535, 0x24)]);
    const expected = { kind: "interleaved", channel: 0, data: "24".repeat(65_535) };
    expect(parseRtsp(frame.subarray(0, -1), frame.subarray(-1), frame).items).toEqual([expected, expected]);
  });
});

describe("a captured session", () => {
  it("is taken apart", () => {
    const { items } = parseRtsp(Buffer.concat([Buffer.from([...REQUESTS, ...RESPONSES].join("")), ...FRAMES]));
    expect(items.length).toBe(REQUESTS.length + RESPONSES.length + FRAMES.length);
    expect(items[2]).toEqual({
      ...{
        kind: "request",
        method: "SETUP",
        url: "rtsp://127.0.0.1:8554/h264/stream=0",
        version: "RTSP/1.0",
        body: "",
      },
      headers: [
        ["Transport", "RTP/AVP/TCP;unicast;interleaved=0-1"],
        ["CSeq", "3"],
        ["User-Agent", "Lavf59.27.100"],
      ],
    });
    expect(items[6]).toMatchObject({ kind: "response", body: expect.stringMatching(/^v=0\r\n.*cname:\S+\r\n$/s) });
    expect(items.slice(-FRAMES.length)).toEqual(
      FRAMES.map((frame) => ({ kind: "interleaved", channel: frame[1], data: frame.toString("hex", 4) })),
    );
  });
});
