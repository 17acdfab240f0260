import { describe, expect, it } from "vitest";
import { isPrivateAddress, ownerOf, plainAddress } from "../../../server/chunked-udp/client-address.js";

describe("a client's address", () => {
  it.each([
    ["::ffff:192.0.2.7", "192.0.2.7"],
    ["192.0.2.7", "192.0.2.7"],
    ["2001:db8::ffff:1", "2001:db8::ffff:1"],
    ["::ffff:0:1", "::ffff:0:1"],
  ])("is written plainly: %s as %s", (address, plain) => {
    expect(plainAddress(address)).toBe(plain);
  });

  it.each(["127.8.9.1", "10.1.1.1", "172.31.255.255", "192.168.1.1", "169.254.7.7", "::1", "fd12::1", "fe80::1%eth0"])(
    "is private: %s",
    (address) => {
      expect(isPrivateAddress(address)).toBe(true);
    },
  );

  it.each(["8.8.8.8", "172.32.0.1", "192.169.0.1", "100.64.0.1", "2001:db8::1", "::", "fec0::1"])(
    "is public: %s",
    (address) => {
      expect(isPrivateAddress(address)).toBe(false);
    },
  );

  it.each([
    ["192.0.2.7", "192.0.2.7"],
    ["fe80::1%eth0", "fe80::1%eth0"],
    ["fd00::7", "fd00::7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:db8::6", "2001:db8:0:0::/64"],
    ["2001:db8:1:2::", "2001:db8:1:2::/64"],
    ["2001::2:3:4:5:6", "2001:0:0:2::/64"],
  ])("belongs to an owner: %s to %s", (address, owner) => {
    expect(ownerOf(address)).toBe(owner);
  });
});
