import { describe, expect, it } from "vitest";
import { openOutput } from "../../../server/outputs/index.js";

describe("a chunked UDP output's URL", () => {
  it.each([
    ["chunked-udp://", "chunked-udp://:9999"],
    ["chunked-udp://192.168.1.20?token=s3cret", "chunked-udp://192.168.1.20:9999"],
    ["chunked-udp://[::1]:0?allow=192.0.2.7,198.51.100.0/24,2001:db8::/32", "chunked-udp://[::1]:0"],
    ["chunked-udp://:1?maxClients=1&maxClientsPerAddress=1&maxMbps=1&jpegQuality=100", "chunked-udp://:1"],
  ])("opens %s as %s", (text, url) => {
    expect(openOutput(text).url).toBe(url);
  });

  const networks = "addresses and networks with commas between, as 192.0.2.7,198.51.100.0/24,2001:db8::/32";
  const token =
    "the token is not allowed; it must be 1 to 128 printable ASCII characters without spaces, but neither jpeg nor pickle";
  it.each([
    ...["10.0.0", "10.0.0.0/33", "::/129", "1.2.3.4/1/2", "fe80::1%25lo", "1.2.3.4,", "host"].map((allow) => [
      `allow=${allow}`,
      `allow=${allow.replace("%25", "%").replace("1.2.3.4,", "")} is not allowed; it must be ${networks}`,
    ]),
    ["token=jpeg", token],
    ["token=%20", token],
    ["token=%C3%BC", token],
    [`token=${"x".repeat(129)}`, token],
    ["maxMbps=0", "maxMbps=0 is not allowed; it must be a whole number from 1 to 10000"],
    [
      "payload=jpeg",
      'parameter "payload" is unknown; allowed: token, allow, maxClients, maxClientsPerAddress, maxMbps, jpegQuality',
    ],
  ])("refuses %s: %s", (parameter, problem) => {
    const text = `chunked-udp://:9999?${parameter}`;
    const shown = text.replace(/token=.*/, "token=***");
    expect(() => openOutput(text)).toThrow(
      expect.objectContaining({ code: "invalid-url", message: `${shown}: ${problem}` }),
    );
  });
});
