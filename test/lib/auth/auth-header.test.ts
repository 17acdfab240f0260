import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseAuthHeader, quoted } from "../../../lib/auth/auth-header.js";

describe("parseAuthHeader", () => {
  it.each<[string, string, Record<string, string>]>([
    ["in quotes", 'realm="a b", nonce="1"', { realm: "a b", nonce: "1" }],
    ["without quotes", "realm=a,nonce=1", { realm: "a", nonce: "1" }],
    ["with spaces around the sign", 'realm = "a" , nonce= 1', { realm: "a", nonce: "1" }],
    [
      "with commas and signs inside",
      'qop="auth,auth-int", nonce="a=b,c=d"',
      { qop: "auth,auth-int", nonce: "a=b,c=d" },
    ],
    ["with quotes inside", 'realm="say \\"a\\\\b\\""', { realm: 'say "a\\b"' }],
    ["of any case", 'REALM="a", Stale=TRUE', { realm: "a", stale: "TRUE" }],
    ["with nothing in it", 'opaque="", cnonce=', { opaque: "", cnonce: "" }],
    ["twice: the first counts", 'realm="a", realm="b"', { realm: "a" }],
    ["after a separator too many", ', realm="a",, nonce=1,', { realm: "a", nonce: "1" }],
    ["without an end", 'nonce=1, realm="a', { nonce: "1", realm: "" }],
  ])("reads a parameter %s", (_what, text, expected) => {
    const { scheme, parameters } = parseAuthHeader(`Digest ${text}`);
    expect(scheme).toBe("digest");
    expect(Object.entries(parameters)).toEqual(Object.entries(expected));
  });

  it("reads names that every object has", () => {
    const { parameters } = parseAuthHeader("Digest __proto__=a, constructor=b");
    expect(Object.entries(parameters)).toEqual([
      ["__proto__", "a"],
      ["constructor", "b"],
    ]);
    expect(parseAuthHeader("Digest").parameters.toString).toBeUndefined();
  });

  it.each([
    ["Basic dTpw", { scheme: "basic", token: "dTpw" }],
    ["  BASIC   dTpw== ", { scheme: "basic", token: "dTpw==" }],
    ["Basic", { scheme: "basic", token: "" }],
    ["", { scheme: "", token: "" }],
  ])("reads the credentials of %j", (text, expected) => {
    expect(parseAuthHeader(text)).toMatchObject(expected);
  });

  it("reads back what was put into quotes", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (realm, nonce) => {
        const { parameters } = parseAuthHeader(`Digest realm=${quoted(realm)}, nonce=${quoted(nonce)}`);
        expect({ ...parameters }).toEqual({ realm, nonce });
      }),
    );
  });

  it("throws nothing, whatever it is given", () => {
    fc.assert(fc.property(fc.string(), (text) => void parseAuthHeader(text)));
  });

  // With time that grows as the square of the length, these would take minutes.
  it.each(["a", "a-", "a=", "a ", '"', '\\"', 'a="', "a= ", ",", "=", " "])(
    "takes no longer for a hostile run of %j than for anything else",
    (piece) => {
      const header = `Digest ${piece.repeat(16_000 / piece.length)}`;
      for (let turn = 0; turn < 500; turn++) parseAuthHeader(header);
    },
  );
});
