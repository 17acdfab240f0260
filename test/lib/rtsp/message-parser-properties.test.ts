import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatRequest, formatResponse, interleavedHead, RtspHeaders } from "../../../lib/rtsp/message.js";
import { FRAMES, REQUESTS, RESPONSES } from "./captured-session.js";
import { cut, parseRtsp, singleBytes } from "./parse-rtsp.js";

const BODY = "GET_PARAMETER * RTSP/1.0\r\nCSeq: 6\r\nContent-Length: 10\r\n\r\nposition\r\n";
const [TEARDOWN = ""] = REQUESTS.slice(-1);

/** Requests, responses and frames of both sides, as no one connection has them. */
const MIXED = Buffer.concat([
  ...[...REQUESTS.slice(0, 2), ...RESPONSES.slice(0, 2)].map((text) => Buffer.from(text)),
  ...FRAMES.slice(0, 3),
  Buffer.from(BODY),
  ...FRAMES.slice(3, 5),
  ...[...REQUESTS.slice(2, 4), ...RESPONSES.slice(2)].map((text) => Buffer.from(text)),
  ...FRAMES.slice(5),
  Buffer.from(`\r\n${TEARDOWN}`),
]);
const WHOLE = parseRtsp(MIXED);

const name = fc.stringMatching(/^[A-Za-z][\w!#$%&'*+.^`|~-]{0,20}$/).filter((text) => !/^content-length$/i.test(text));
const value = fc.string({ unit: "grapheme", maxLength: 60 }).map((text) => text.replace(/\s+/gu, " ").trim());
const headers = fc.array(fc.tuple(name, value), { maxLength: 20 });
const bytes = fc.uint8Array({ maxLength: 500 }).map((array) => Buffer.from(array));
const url = fc.stringMatching(/^rtsp:\/\/[!-~]{1,80}$/);
const places = fc.array(fc.nat(MIXED.length), { maxLength: 30 });

/** The capture with some of its bytes changed, left out or said twice. */
const mutated = fc
  .array(fc.tuple(fc.nat(MIXED.length - 1), fc.nat(200), fc.constantFrom("change", "drop", "double")), { maxLength: 6 })
  .map((changes) => {
    let result = MIXED;
    for (const [at, amount, how] of changes) {
      const middle = how === "drop" ? [] : how === "double" ? [result.subarray(at, at + amount)] : [Buffer.of(amount)];
      const rest = result.subarray(how === "double" ? at : at + (how === "drop" ? amount : 1));
      result = Buffer.concat([result.subarray(0, at), ...middle, rest]);
    }
    return result;
  });

const words = fc
  .array(
    fc.constantFrom(
      ...[
        "OPTIONS",
        "RTSP/1.0",
        " ",
        "\r\n",
        "\n",
        "\r",
        ":",
        "*",
        "200",
        "A",
        "Content-Length: ",
        "7",
        "$",
        "\0",
        "\u00e9",
      ],
      ...["OPTIONS * RTSP/1.0\r\n", "RTSP/1.0 200 OK\r\n", "CSeq: 1\r\n", "\r\n\r\n", "$\0\0\u0002"],
    ),
    { maxLength: 40 },
  )
  .map((list) => Buffer.from(list.join("")));

function headersOf(fields: readonly (readonly [string, string])[]): RtspHeaders {
  const result = new RtspHeaders();
  for (const [field, text] of fields) result.append(field, text);
  return result;
}

describe("RtspMessageParser", () => {
  it("takes the capture apart", () => {
    expect(WHOLE).toMatchObject({ items: { length: 5 + 1 + 4 + FRAMES.length } });
    expect(WHOLE.status).toBeUndefined();
  });

  it("gives the same at every split point", () => {
    for (let at = 0; at <= MIXED.length; at++) expect(parseRtsp(...cut(MIXED, [at]))).toEqual(WHOLE);
  });

  it("gives the same byte by byte", () => {
    expect(parseRtsp(...singleBytes(MIXED))).toEqual(WHOLE);
  });

  it("gives the same in any pieces", () => {
    fc.assert(fc.property(places, (at) => void expect(parseRtsp(...cut(MIXED, at))).toEqual(WHOLE)));
  });

  it("gives every item as soon as its last byte is here", () => {
    let end = 0;
    for (const message of [...REQUESTS, BODY, ...RESPONSES]) {
      end = message.length;
      expect(parseRtsp(message.slice(0, end - 1)).items).toEqual([]);
      expect(parseRtsp(message).items.length).toBe(1);
    }
  });

  it("throws nothing but StreamError, and the same in any pieces, whatever comes", () => {
    fc.assert(
      fc.property(fc.oneof(bytes, words, mutated), fc.array(fc.nat(4_000), { maxLength: 10 }), (hostile, at) => {
        const inside = at.map((place) => place % (hostile.length + 1));
        const { items, status } = parseRtsp(hostile);
        const pieces = parseRtsp(...cut(hostile, inside));
        expect([pieces.items, pieces.status]).toEqual([items, status]);
        expect([undefined, 400, 413, 414]).toContain(status);
      }),
      { numRuns: 1_000 },
    );
  });

  it("gives back any request and response that is written here, behind any frame", () => {
    const methods = fc.constantFrom("OPTIONS", "SETUP", "GET_PARAMETER");
    const message = fc.record({ method: methods, url, headers, body: bytes, status: fc.constantFrom(200, 404, 461) });
    fc.assert(
      fc.property(message, fc.nat(255), bytes, ({ method, url: target, status, ...sent }, channel, data) => {
        const { body } = sent;
        const fields = headersOf(sent.headers);
        const written = [
          Buffer.concat([interleavedHead(channel, data.length), data]),
          formatRequest({ method, url: target, headers: fields, body }),
          formatResponse({ status, headers: fields, body }),
        ];
        const length = body.length > 0 ? [["Content-Length", String(body.length)]] : [];
        const common = { headers: [...sent.headers, ...length], body: body.toString("latin1") };
        expect(parseRtsp(Buffer.concat(written)).items).toMatchObject([
          { kind: "interleaved", channel, data: data.toString("hex") },
          { kind: "request", method, url: target, ...common },
          { kind: "response", status, ...common },
        ]);
      }),
    );
  });

  it("is never given more headers than were meant, whatever is in them", () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom("\r\n", "\n", "\r", "\0", "\r\n\r\n"), (text, breaks) => {
        const evil = `${text}${breaks}Injected: yes${breaks}`;
        const fields = headersOf([["A", evil]]);
        const request = formatRequest({ method: "PLAY", url: `*${breaks}X:`, headers: fields, body: Buffer.alloc(0) });
        const response = formatResponse({ status: 200, headers: fields });
        for (const written of [request, response]) {
          expect(written.toString("latin1").match(/\r\n/g)?.length).toBe(3);
          expect(written.toString("latin1").replaceAll("\r\n", "")).not.toMatch(/[\r\n\0]/);
        }
      }),
    );
  });
});
