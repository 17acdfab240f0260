import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatTransport, parseTransports, type Transport } from "../../../lib/rtsp/transport-header.js";

const UDP: Transport = { protocol: "udp", multicast: false };
const TCP: Transport = { protocol: "tcp", multicast: false };

const port = fc.integer({ min: 0, max: 65_535 });
const channel = fc.integer({ min: 0, max: 255 });
const address = fc.oneof(fc.ipV4(), fc.ipV6());

/** Any of these keys, or none: no key is there with nothing in it. */
const transport: fc.Arbitrary<Transport> = fc.record(
  {
    protocol: fc.constantFrom("udp", "tcp"),
    multicast: fc.boolean(),
    clientPort: fc.tuple(port, port),
    serverPort: fc.tuple(port, port),
    port: fc.tuple(port, port),
    interleaved: fc.tuple(channel, channel),
    destination: address,
    source: address,
    ttl: channel,
    ssrc: fc.integer({ min: 0, max: 0xffff_ffff }),
    mode: fc.constantFrom("play", "record"),
  },
  { requiredKeys: ["protocol", "multicast"] },
);

describe("a Transport header", () => {
  it.each<[string, string, Transport[]]>([
    ["ffmpeg's, UDP", "RTP/AVP/UDP;unicast;client_port=5000-5001", [{ ...UDP, clientPort: [5_000, 5_001] }]],
    ["ffmpeg's, TCP", "RTP/AVP/TCP;unicast;interleaved=0-1", [{ ...TCP, interleaved: [0, 1] }]],
    [
      "ffmpeg's, to publish",
      "RTP/AVP/TCP;unicast;interleaved=0-1;mode=record",
      [{ ...TCP, interleaved: [0, 1], mode: "record" }],
    ],
    ["ffmpeg's, multicast", "RTP/AVP/UDP;multicast", [{ ...UDP, multicast: true }]],
    ["without a profile's end", "RTP/AVP;unicast;client_port=5000-5001", [{ ...UDP, clientPort: [5_000, 5_001] }]],
    ["one port", "RTP/AVP;unicast;client_port=5000", [{ ...UDP, clientPort: [5_000, 5_001] }]],
    [
      "GStreamer's answer",
      'RTP/AVP/TCP;unicast;interleaved=0-1;ssrc=911C2292;mode="PLAY"',
      [{ ...TCP, interleaved: [0, 1], ssrc: 0x911c_2292, mode: "play" }],
    ],
    [
      "an answer without an SSRC, as VLC gives it",
      "RTP/AVP/UDP;unicast;client_port=50000-50001;server_port=40002-40003;mode=play",
      [{ ...UDP, clientPort: [50_000, 50_001], serverPort: [40_002, 40_003], mode: "play" }],
    ],
    [
      "a group",
      "RTP/AVP;multicast;destination=239.1.1.1;port=5000-5001;ttl=16",
      [{ ...UDP, multicast: true, destination: "239.1.1.1", port: [5_000, 5_001], ttl: 16 }],
    ],
    [
      "a group of IPv6, and its source",
      "RTP/AVP;multicast;destination=ff12::1;source=fe80::1;port=5000-5001",
      [{ ...UDP, multicast: true, destination: "ff12::1", source: "fe80::1", port: [5_000, 5_001] }],
    ],
    [
      "several, in their order",
      "RTP/AVP/UDP;unicast;client_port=5000-5001,RTP/AVP/TCP;unicast;interleaved=2-3, RTP/AVP;multicast",
      [
        { ...UDP, clientPort: [5_000, 5_001] },
        { ...TCP, interleaved: [2, 3] },
        { ...UDP, multicast: true },
      ],
    ],
    ["what is not known between", "RTP/SAVP;unicast,RTP/AVP/TCP,RAW/RAW/UDP,RTP/AVPF", [TCP]],
    [
      "other case and spaces",
      " rtp/avp/tcp ; UNICAST ; Interleaved = 4-5 ; SSRC = ab ",
      [{ ...TCP, interleaved: [4, 5], ssrc: 0xab }],
    ],
    ["the second mode of publishers", 'RTP/AVP;mode="receive"', [{ ...UDP, mode: "record" }]],
    ["a TTL that is too large", "RTP/AVP;multicast;ttl=999", [{ ...UDP, multicast: true, ttl: 255 }]],
    ["nothing", "", []],
    ["separators", ",;,;;=,", []],
  ])("is read: %s", (_what, header, expected) => {
    expect(parseTransports(header)).toEqual(expected);
  });

  it.each([
    "client_port=65536-65537",
    "client_port=65535",
    "client_port=5000-",
    "client_port=-5000",
    "client_port=5000-5001-5002",
    "client_port=0x10",
    "client_port=",
    "client_port",
    "port=99999-1",
    "interleaved=256-257",
    "interleaved=255",
    "ttl=many",
    "ttl=1000",
    "ssrc=xyz",
    "ssrc=123456789",
    "__proto__=1-2",
    "constructor=1-2",
    "layers=2",
    "append",
  ])("has no parameter where that is out of range or unknown: %s", (parameter) => {
    expect(parseTransports(`RTP/AVP;unicast;${parameter}`)).toEqual([UDP]);
  });

  it("is written as others want it", () => {
    const answer: Transport = {
      ...UDP,
      clientPort: [5_000, 5_001],
      serverPort: [6_000, 6_001],
      ssrc: 0xab,
      mode: "play",
    };
    expect(formatTransport(answer)).toBe(
      'RTP/AVP;unicast;client_port=5000-5001;server_port=6000-6001;ssrc=000000AB;mode="PLAY"',
    );
    expect(formatTransport({ ...TCP, interleaved: [0, 1] })).toBe("RTP/AVP/TCP;unicast;interleaved=0-1");
  });

  it("is read as it was written", () => {
    fc.assert(
      fc.property(fc.array(transport, { minLength: 1, maxLength: 4 }), (transports) => {
        expect(parseTransports(transports.map(formatTransport).join(","))).toEqual(transports);
      }),
    );
  });

  it("throws nothing, whatever it is, and keeps to the ranges", () => {
    const word = fc.constantFrom(
      "RTP/AVP",
      "/TCP",
      ";",
      ",",
      "=",
      "-",
      '"',
      "client_port",
      "interleaved",
      "ttl",
      "70000",
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(word, { maxLength: 30 }).map((words) => words.join("")),
      fc.string().map((rest) => `RTP/AVP;${rest}`),
    );
    fc.assert(
      fc.property(text, (header) => {
        for (const { clientPort = [0, 0], interleaved = [0, 0], ttl = 0, ssrc = 0 } of parseTransports(header)) {
          expect(Math.max(...clientPort)).toBeLessThanOrEqual(65_535);
          expect(Math.max(...interleaved, ttl)).toBeLessThanOrEqual(255);
          expect(ssrc).toBeLessThanOrEqual(0xffff_ffff);
        }
      }),
      { numRuns: 500 },
    );
  });
});
