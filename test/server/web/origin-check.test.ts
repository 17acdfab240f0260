import { describe, expect, it } from "vitest";
import { isLoopback, OriginCheck } from "../../../server/web/origin-check.js";

const origins = (loopback = false): OriginCheck =>
  new OriginCheck({ allowedOrigins: ["https://cockpit.example"], loopback });

describe("origin check", () => {
  it.each([
    [undefined, "192.0.2.7:8080"],
    ["http://192.0.2.7:8080", "192.0.2.7:8080"],
    ["https://192.0.2.7:8080", "192.0.2.7:8080"],
    ["http://rover.local", "Rover.local"],
    ["http://rover.local", "rover.local:80"],
    ["https://rover.local", "rover.local:443"],
    ["http://[fd00::1]:8080", "[fd00::1]:8080"],
    ["https://cockpit.example", "192.0.2.7:8080"],
  ])("lets %s use %s", (origin, host) => {
    expect(() => origins().checkOrigin({ origin, host })).not.toThrow();
  });

  it.each([
    ["http://evil.example", "192.0.2.7:8080"],
    ["http://192.0.2.7:8081", "192.0.2.7:8080"],
    ["http://192.0.2.7", "192.0.2.7:8080"],
    ["https://192.0.2.7", "192.0.2.7:80"],
    ["http://cockpit.example", "192.0.2.7:8080"],
    ["https://cockpit.example.evil.example", "192.0.2.7:8080"],
    ["null", "192.0.2.7:8080"],
    ["", "192.0.2.7:8080"],
    ["file://", ""],
    ["http://evil.example", undefined],
  ])("does not let %s use %s", (origin, host) => {
    expect(() => origins().checkOrigin({ origin, host })).toThrow(
      expect.objectContaining({ status: 403, message: `pages of "${origin}" are not allowed to do this` }),
    );
  });

  it("knows the origins that its owner allows", () => {
    expect(origins().allows("https://cockpit.example")).toBe(true);
    expect([undefined, "http://cockpit.example", "null"].map((origin) => origins().allows(origin))).toEqual([
      false,
      false,
      false,
    ]);
  });

  it.each(["localhost", "localhost:8080", "127.0.0.1:8080", "127.1.2.3", "[::1]:8080", "cockpit.example", undefined])(
    "lets a server on the loopback address be called %s",
    (host) => {
      expect(() => origins(true).checkHost({ host })).not.toThrow();
    },
  );

  it("lets it be called by the address of an origin that is allowed, of IPv6 too", () => {
    const allowed = new OriginCheck({ allowedOrigins: ["https://[fd00::1]:8443"], loopback: true });
    expect(() => allowed.checkHost({ host: "[fd00::1]:8443" })).not.toThrow();
    expect(() => allowed.checkHost({ host: "[fd00::2]:8443" })).toThrow(expect.objectContaining({ status: 403 }));
  });

  it.each(["evil.example", "localhost.evil.example", "192.0.2.7", "", "[::2]", "a b"])(
    "does not let a server on the loopback address be called %s",
    (host) => {
      expect(() => origins(true).checkHost({ host })).toThrow(expect.objectContaining({ status: 403 }));
      expect(() => origins(false).checkHost({ host })).not.toThrow();
    },
  );

  it.each([
    ["127.0.0.1", true],
    ["127.255.0.1", true],
    ["::1", true],
    ["::ffff:127.0.0.1", true],
    ["localhost", true],
    ["0.0.0.0", false],
    ["::", false],
    ["192.0.2.7", false],
    ["localhost.example", false],
  ])("takes %s for the loopback address: %s", (host, expected) => {
    expect(isLoopback(host)).toBe(expected);
  });
});
