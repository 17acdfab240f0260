import { describe, expect, it } from "vitest";
import { pushFormats, writePushOffer } from "../../../server/webrtc/push-offer.js";

const COMMON = "profile-level-id=42e01f;packetization-mode=1;level-asymmetry-allowed=1";

describe("the formats in which a stream is offered", () => {
  it.each([
    ["avc1.42c01e", [[96, COMMON.replace("42e01f", "42c01e")]]],
    [
      "avc1.64001F",
      [
        [96, COMMON.replace("42e01f", "64001f")],
        [97, COMMON],
      ],
    ],
    [undefined, [[96, COMMON]]],
    ["avc1.\r\na=x", [[96, COMMON]]],
  ] as const)("H.264 of %s", (codecString, formats) => {
    const found = pushFormats({ codec: "h264", codecString });
    expect(found.map(({ payloadType, parameters }) => [payloadType, parameters])).toEqual(formats);
  });

  it("VP8 has no parameters", () => {
    expect(pushFormats({ codec: "vp8", codecString: "vp8" })).toEqual([{ payloadType: 96, parameters: "" }]);
  });
});

/** As node-datachannel 0.33 writes it. */
const LIBRARY = [
  ...["v=0", "o=rtc 3439201102 0 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0", "a=group:LS 0"],
  ...["a=msid-semantic:WMS *", "a=ice-options:ice2,trickle", "a=fingerprint:sha-256 87:99"],
  ...["m=video 48447 UDP/TLS/RTP/SAVPF 96", "c=IN IP4 192.0.2.2", "a=mid:0", "a=sendonly", "a=rtcp-mux"],
  ...["a=rtpmap:96 H264/90000", "a=rtcp-fb:96 nack", "a=rtcp-fb:96 nack pli", "a=rtcp-fb:96 goog-remb"],
  ...["a=setup:actpass", "a=ice-ufrag:9f6c", "a=ice-pwd:PocU/TawM3cwQCxys2mICk"],
  ...[
    "a=candidate:2 1 UDP 2116026111 fd00::2 48447 typ host",
    "a=candidate:1 1 UDP 2114977791 192.0.2.2 48447 typ host",
  ],
  "a=end-of-candidates",
];

describe("an offer of ours", () => {
  const { sdp, candidates } = writePushOffer(`${LIBRARY.join("\r\n")}\r\n`);

  it("holds no address, and nothing that is not done", () => {
    const lines = sdp.split("\r\n");
    const left = LIBRARY.filter((line) => !lines.includes(line));
    expect(left).toEqual([
      ...["a=group:LS 0", "m=video 48447 UDP/TLS/RTP/SAVPF 96", "c=IN IP4 192.0.2.2", "a=rtcp-fb:96 goog-remb"],
      ...LIBRARY.slice(-3),
    ]);
    const added = lines.filter((line) => !LIBRARY.includes(line));
    expect(added).toEqual(["m=video 9 UDP/TLS/RTP/SAVPF 96", "c=IN IP4 0.0.0.0", ""]);
  });

  it("leaves its candidates for later", () => {
    expect(candidates).toEqual([
      "candidate:2 1 UDP 2116026111 fd00::2 48447 typ host",
      "candidate:1 1 UDP 2114977791 192.0.2.2 48447 typ host",
    ]);
  });
});
