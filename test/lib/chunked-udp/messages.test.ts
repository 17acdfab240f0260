import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  challengeMessage,
  isRegistered,
  parseChallenge,
  parseClientMessage,
  registerMessage,
} from "../../../lib/chunked-udp/client-message.js";
import {
  frameDatagrams,
  isChunk,
  MAX_FRAME_BYTES,
  parseChunk,
  parseFrameStart,
  shortFrameId,
} from "../../../lib/chunked-udp/server-message.js";
import { widenDatagram } from "./widen-datagram.js";

describe("the server's messages", () => {
  it.each([
    [1, 1],
    [1_199, 1],
    [1_200, 1],
    [1_201, 2],
    [2_400, 2],
    [300_000, 250],
  ])("cuts a frame of %i bytes into %i chunks, which can be put together again", (size, count) => {
    const frame = Buffer.alloc(size, "picture");
    const [start, ...chunks] = frameDatagrams(0xffff_fffe, frame) as [Buffer, ...Buffer[]];
    expect(start.length).toBe(23);
    expect(parseFrameStart(start)).toEqual({ frameId: 0xffff_fffe, size, chunkCount: count, fieldBytes: 4 });
    expect(chunks.map(({ length }) => length - 13).slice(0, -1)).toEqual(Array(count - 1).fill(1_200));
    const parsed = chunks.map((chunk) => parseChunk(chunk, 4));
    expect(parsed.map((chunk) => [chunk?.frameId, chunk?.index])).toEqual(
      Array.from({ length: count }, (_, index) => [0xffff_fffe, index]),
    );
    expect(Buffer.concat(parsed.map((chunk) => chunk?.payload as Buffer)).equals(frame)).toBe(true);
  });

  it("reads numbers of 8 bytes, up to the largest that a number can be", () => {
    const [start, chunk] = frameDatagrams(7, Buffer.alloc(1_000)).map((datagram) => widenDatagram(datagram));
    expect(start?.length).toBe(35);
    expect(parseFrameStart(start as Buffer)).toEqual({ frameId: 7, size: 1_000, chunkCount: 1, fieldBytes: 8 });
    expect(chunk?.length).toBe(1_021);
    const far = widenDatagram(frameDatagrams(0, Buffer.alloc(9))[1] as Buffer, 2n ** 53n - 1n);
    expect(parseChunk(far, 8)).toMatchObject({ frameId: Number.MAX_SAFE_INTEGER, index: 0 });
    expect(shortFrameId(far)).toBe(0xffff_ffff);
    expect(parseChunk(widenDatagram(frameDatagrams(0, Buffer.alloc(9))[1] as Buffer, 2n ** 53n), 8)).toBeUndefined();
  });

  it("refuses announcements of frames that cannot be", () => {
    const announce = (size: number, count: number, id = 1): Buffer => {
      const datagram = Buffer.concat([Buffer.from("FRAME_START"), Buffer.alloc(12)]);
      for (const [i, value] of [id, size, count].entries()) datagram.writeUInt32LE(value, 11 + 4 * i);
      return datagram;
    };
    expect(parseFrameStart(announce(1_201, 2))).toBeDefined();
    expect(parseFrameStart(announce(MAX_FRAME_BYTES, Math.ceil(MAX_FRAME_BYTES / 1_200)))).toBeDefined();
    const wrong = [announce(0, 0), announce(1_201, 1), announce(1_200, 2), announce(0xffff_ffff, 3_579_140)];
    const cut = announce(5, 1).subarray(0, 22);
    const long = Buffer.concat([announce(5, 1), Buffer.of(0)]);
    const tooLarge = announce(MAX_FRAME_BYTES + 1, Math.ceil((MAX_FRAME_BYTES + 1) / 1_200));
    for (const datagram of [...wrong, cut, long, tooLarge]) expect(parseFrameStart(datagram)).toBeUndefined();
  });

  it("takes any bytes without throwing", () => {
    const heads = fc.constantFrom("", "CHUNK", "FRAME_START", "CHUN", "REGISTERED", "CHALLENGE ");
    fc.assert(
      fc.property(heads, fc.uint8Array({ maxLength: 60 }), (head, tail) => {
        const datagram = Buffer.concat([Buffer.from(head), tail]);
        parseFrameStart(datagram);
        parseClientMessage(datagram);
        parseChallenge(datagram);
        const chunk = isChunk(datagram) ? (parseChunk(datagram, 4) ?? parseChunk(datagram, 8)) : undefined;
        return chunk === undefined || chunk.payload.length > 0;
      }),
      { numRuns: 300 },
    );
  });
});

describe("the client's messages", () => {
  it.each([
    ["REGISTER_CLIENT", { kind: "register", payload: "pickle" }],
    ["REGISTER_CLIENT\n", { kind: "register", payload: "pickle" }],
    ["REGISTER_CLIENT s3cret", { kind: "register", payload: "pickle", token: "s3cret" }],
    ["REGISTER_CLIENT jpeg", { kind: "register", payload: "jpeg" }],
    ["REGISTER_CLIENT pickle", { kind: "register", payload: "pickle" }],
    ["REGISTER_CLIENT jpeg s3cret", { kind: "register", payload: "jpeg", token: "s3cret" }],
    ["KEEPALIVE", { kind: "keepalive" }],
    ["DISCONNECT", { kind: "disconnect" }],
    ["CHALLENGE a-nonce", { kind: "challenge", nonce: "a-nonce" }],
    ["REGISTER_CLIENT jpeg s3cret more", undefined],
    [`REGISTER_CLIENT ${"x".repeat(129)}`, undefined],
    ["REGISTER_CLIENTS", undefined],
    [`REGISTER_CLIENT${" ".repeat(300)}`, undefined],
    ["register_client", undefined],
  ])("%j", (text, message) => {
    expect(parseClientMessage(Buffer.from(text))).toEqual(message);
  });

  it("are written as they are read", () => {
    expect(registerMessage("pickle").toString()).toBe("REGISTER_CLIENT");
    expect(parseClientMessage(registerMessage("jpeg", "t"))).toEqual({ kind: "register", payload: "jpeg", token: "t" });
    expect(parseChallenge(challengeMessage("abc"))).toBe("abc");
  });

  it("know the answer", () => {
    expect(["REGISTERED", "REGISTERED\n"].map((text) => isRegistered(Buffer.from(text)))).toEqual([true, true]);
    expect(["REGISTERED you", "", "FRAME"].map((text) => isRegistered(Buffer.from(text)))).toEqual(
      Array(3).fill(false),
    );
  });
});
