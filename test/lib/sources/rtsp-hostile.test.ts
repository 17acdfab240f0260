import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { StreamError } from "../../../lib/errors.js";
import type { RtspAnswer } from "../../support/rtsp-server-client.js";
import { connected, play, serve } from "./rtsp-stage.js";

const RUNS = { numRuns: 20 };
/** Answers that are tried at once where most of the time is waiting: twice ten. */
const AT_ONCE = { minLength: 10, maxLength: 10 };
const ROUNDS = { numRuns: 2 };
const METHODS = ["DESCRIBE", "SETUP", "PLAY"] as const;
const HEADERS = ["Session", "Transport", "Content-Base", "Location", "WWW-Authenticate", "CSeq", "RTP-Info", "Public"];

/** Bytes, or words that mean something here in any order. */
const junk = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  fc
    .array(
      fc.constantFrom(
        ...["RTSP/1.0 200 OK", "RTSP/1.0 401 No", "RTSP/1.0 302 There", "OPTIONS * RTSP/1.0", "\r\n", "\r\n\r\n", " "],
        ...[
          "CSeq: 1",
          "CSeq: 2",
          "Session: 1;timeout=",
          "Transport: RTP/AVP;server_port=",
          "Content-Length: 9",
          "$\0\0",
        ],
        ...[
          'WWW-Authenticate: Digest realm="',
          "Location: rtsp://",
          "9999999999",
          "-1",
          "\0",
          "v=0",
          "m=video 0 RTP/AVP",
        ],
      ),
      { maxLength: 20 },
    )
    .map((words) => Buffer.from(words.join(""))),
);
const sdp = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ...["v=0", "m=video 0 RTP/AVP 96", "m=video 0 RTP/AVP", "m=audio 1 RTP/AVP 0", "m=video 99999 RTP/AVP 96 97"],
        ...["a=rtpmap:96 H264/90000", "a=rtpmap:96 H264/0", "a=rtpmap:96 H265/-1", "a=rtpmap:96 JPEG/NaN", "a=rtpmap:"],
        ...["a=fmtp:96 sprop-parameter-sets=,,;=", "a=fmtp:96 sprop-parameter-sets=Z0LAHg==,aMs=", "a=fmtp:"],
        ...[
          "a=control:rtsp://[::1",
          "a=control:*",
          "a=control:/../..",
          "c=IN IP4 300.1.1.1/x",
          "a=framesize:96 0-0",
          "a=",
        ],
      ),
      fc.string({ maxLength: 30 }),
    ),
    { maxLength: 12 },
  )
  .map((lines) => lines.join("\r\n"));

/** A run against a server of which one answer is special ends, by us or by an error of ours, and leaves no socket. */
async function survives(method: string, answer: RtspAnswer): Promise<void> {
  const server = await serve({
    answer: (request, client) => {
      if (request.method !== method) return undefined;
      // What can be waited for in vain is not waited for.
      if (Buffer.isBuffer(answer)) client.socket.end(answer);
      return Buffer.isBuffer(answer) ? "nothing" : answer;
    },
  });
  const run = await play(server.url, connected, { connectTimeoutMs: 150 });
  expect(run.error === undefined || run.error instanceof StreamError).toBe(true);
  await expect.poll(() => server.clients.size, { interval: 1 }).toBe(0);
}

async function allSurvive(runs: readonly Promise<void>[]): Promise<void> {
  await Promise.all(runs);
}

describe("a hostile server of RTSP", () => {
  it("may send any bytes for an answer", { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...METHODS), junk, (method, bytes) => survives(method, bytes)),
      RUNS,
    );
  });

  it("may put anything into its headers", { timeout: 120_000 }, async () => {
    const header = fc.tuple(fc.constantFrom(...HEADERS), fc.string({ maxLength: 60 }));
    const status = fc.constantFrom(200, 200, 200, 201, 301, 401, 454, 461, 500);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.constantFrom(...METHODS), status, fc.array(header)), AT_ONCE), (answers) =>
        allSurvive(
          answers.map(([method, code, headers]) =>
            survives(method, { status: code, headers: Object.fromEntries(headers) }),
          ),
        ),
      ),
      ROUNDS,
    );
  });

  it("may describe anything", { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(sdp, AT_ONCE), (bodies) =>
        allSurvive(
          bodies.map((body) => survives("DESCRIBE", { headers: { "Content-Type": "application/sdp" }, body })),
        ),
      ),
      ROUNDS,
    );
  });

  it("may send any media and reports", { timeout: 120_000 }, async () => {
    const packet = fc.record({
      isRtp: fc.boolean(),
      bytes: fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from([0x80, ...bytes])),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom("udp", "tcp"),
        fc.array(packet, { maxLength: 30 }),
        async (transport, packets) => {
          const server = await serve();
          server.onPlay = (client) => {
            for (const { isRtp, bytes } of packets) isRtp ? client.sendRtp(bytes) : client.sendRtcp(bytes);
            client.ask("TEARDOWN");
          };
          const run = await play(`${server.url}?transport=${transport}`);
          expect(run.error?.code).toBe("stream-ended");
          await expect.poll(() => server.clients.size, { interval: 1 }).toBe(0);
        },
      ),
      RUNS,
    );
  });
});
