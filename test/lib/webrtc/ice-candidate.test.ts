import { describe, expect, it } from "vitest";
import { isUsableCandidate } from "../../../lib/webrtc/ice-candidate.js";

const candidate = (address: string, port = "5000", protocol = "UDP"): string =>
  `candidate:1 1 ${protocol} 2113937151 ${address} ${port} typ host`;

describe("isUsableCandidate", () => {
  it.each(["192.168.1.7", "10.0.0.1", "2001:db8::7", "fd00::1"])("takes %s", (address) => {
    expect(isUsableCandidate(candidate(address))).toBe(true);
  });

  it.each([
    candidate("0c1f2a5e-1b7d-4a6e-9d26-3a0f6f0f6a11.local"),
    candidate("camera.example"),
    candidate("255.255.255.255"),
    candidate("239.1.1.1"),
    candidate("ff02::1"),
    candidate("192.168.1.7", "0"),
    candidate("192.168.1.7", "65536"),
    candidate("192.168.1.7", "5e3"),
    candidate("192.168.1.7", "0x50"),
    candidate("192.168.1.7", "5000", "TCP"),
    "candidate:1 1 UDP 1 192.168.1.7 5000",
    "",
  ])("leaves %s alone", (text) => {
    expect(isUsableCandidate(text)).toBe(false);
  });
});
