import { describe, expect, it } from "vitest";
import { Admission } from "../../../server/chunked-udp/admission.js";

const PUBLIC = "it is on a public network, which needs token= or allow=";

describe("Admission", () => {
  it("lets private networks in where nothing is said, and no others", () => {
    const admission = new Admission({ allowed: [] });
    expect(admission.refusal("192.168.1.7", undefined)).toBeUndefined();
    expect(admission.refusal("fe80::7%eth0", "any")).toBeUndefined();
    expect(admission.refusal("198.51.100.7", "any")).toBe(PUBLIC);
    expect(admission.refusal("2001:db8::7", undefined)).toBe(PUBLIC);
  });

  it("asks everybody for the token, private or not", () => {
    const admission = new Admission({ token: "s3cret", allowed: [] });
    expect(admission.refusal("198.51.100.7", "s3cret")).toBeUndefined();
    expect(admission.refusal("127.0.0.1", undefined)).toBe("it sends no token");
    expect(admission.refusal("198.51.100.7", "s3cre")).toBe("its token is wrong");
  });

  it("asks allowed addresses for nothing", () => {
    const allowed = ["198.51.100.0/24", "203.0.113.7", "2001:db8::/32"];
    const withToken = new Admission({ token: "s3cret", allowed });
    const without = new Admission({ allowed });
    for (const admission of [withToken, without]) {
      for (const address of ["198.51.100.200", "203.0.113.7", "2001:db8:7::1"]) {
        expect(admission.refusal(address, undefined)).toBeUndefined();
      }
      expect(admission.refusal("203.0.113.8", undefined)).toBeDefined();
      expect(admission.refusal("2001:db9::1", undefined)).toBeDefined();
    }
    expect(without.refusal("10.0.0.1", undefined)).toBeUndefined();
  });
});
