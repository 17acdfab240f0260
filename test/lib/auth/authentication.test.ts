import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseAuthHeader } from "../../../lib/auth/auth-header.js";
import { Authenticator } from "../../../lib/auth/authenticator.js";
import { ClientAuthorization } from "../../../lib/auth/client-authorization.js";
import { type DigestAlgorithm, type DigestParts, digestResponse } from "../../../lib/auth/digest.js";
import { FakeClock } from "../../support/fake-clock.js";

const URL = "rtsp://cam/1";
const ADMIN = { username: "admin", password: "pa:ss" };

const RFC_2617: DigestParts = {
  algorithm: "MD5",
  ...{ username: "Mufasa", realm: "testrealm@host.com", password: "Circle Of Life" },
  ...{ nonce: "dcd98b7102dd2f0e8b11d0f600bfb0c093", method: "GET", uri: "/dir/index.html" },
};
const RFC_7616: DigestParts = {
  ...{ ...RFC_2617, realm: "http-auth@example.org", password: "Circle of Life" },
  nonce: "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
  qop: { nonceCount: "00000001", clientNonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ" },
};

/** What a client with these credentials answers to challenges. */
function answer(credentials: typeof ADMIN, ...values: string[]): string | undefined {
  const client = new ClientAuthorization(credentials);
  client.challenged([...values]);
  return client.header("DESCRIBE", URL);
}

describe("digestResponse", () => {
  it.each<[string, DigestParts, string]>([
    [
      "RFC 2617 section 3.5",
      { ...RFC_2617, qop: { nonceCount: "00000001", clientNonce: "0a4f113b" } },
      "6629fae49393a05397450978507c4ef1",
    ],
    ["the same without qop", RFC_2617, "670fd8c2df070c60b045671b8b24ff02"],
    ["RFC 7616 section 3.9.1, MD5", RFC_7616, "8ca523f5e9506fed4657c9700eebdbec"],
    [
      "RFC 7616 section 3.9.1, SHA-256",
      { ...RFC_7616, algorithm: "SHA-256" },
      "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
    ],
    [
      "letters beyond ASCII, in UTF-8",
      { ...RFC_2617, username: "Jürgen", realm: "Küche", password: "süß", nonce: "abc", method: "PLAY", uri: URL },
      "8a7a71dd2955607481c5f8c89c22460b",
    ],
  ])("is that of %s", (_what, parts, expected) => {
    expect(digestResponse(parts)).toBe(expected);
  });
});

describe("ClientAuthorization", () => {
  it("says nothing before it is asked, nor without credentials", () => {
    expect(new ClientAuthorization(ADMIN).header("DESCRIBE", URL)).toBeUndefined();
    const anonymous = new ClientAuthorization(undefined);
    expect(anonymous.challenged(['Basic realm="x"'])).toBe(false);
    expect(anonymous.header("DESCRIBE", URL)).toBeUndefined();
  });

  it("answers Digest without qop, as most cameras want it", () => {
    expect(answer(ADMIN, 'Digest realm="Camera", nonce="abc"')).toBe(
      `Digest username="admin", realm="Camera", nonce="abc", uri="${URL}", response="c1f9f4cf3cd889d2ea587f83ccb8d8ab"`,
    );
  });

  it("gives back the algorithm and what is opaque", () => {
    expect(answer(ADMIN, 'Digest realm="Camera", nonce="abc", opaque="o\\"p", algorithm="md5"')).toMatch(
      /response="c1f9f4cf3cd889d2ea587f83ccb8d8ab", algorithm=MD5, opaque="o\\"p"$/,
    );
    expect(answer(ADMIN, 'Digest realm="Camera", nonce="abc", algorithm=sha-256')).toMatch(
      /response="620aa1db0e872e950983731ef0eb73bcb24334960763e98b7fa591a8d3dd4965", algorithm=SHA-256$/,
    );
  });

  it.each(['qop="auth"', "qop=auth", 'qop="auth-int,auth"', 'qop="AUTH , auth-int"'])("answers %s", (qop) => {
    const { parameters } = parseAuthHeader(answer(ADMIN, `Digest realm="Camera", nonce="abc", ${qop}`) ?? "");
    const { nc: nonceCount = "", cnonce: clientNonce = "", response } = parameters;
    const parts = { algorithm: "MD5", ...ADMIN, realm: "Camera", nonce: "abc", method: "DESCRIBE", uri: URL } as const;
    expect([parameters.qop, nonceCount, clientNonce.length]).toEqual(["auth", "00000001", 16]);
    expect(response).toBe(digestResponse({ ...parts, qop: { nonceCount, clientNonce } }));
  });

  it("answers as of old where only qop=auth-int is offered", () => {
    expect(answer(ADMIN, 'Digest realm="Camera", nonce="abc", qop="auth-int"')).not.toContain("qop");
  });

  it("puts quotes and backslashes of a name in quotes", () => {
    const named = { username: 'a"\\b', password: "" };
    expect(answer(named, 'Digest realm="x", nonce="y"')).toContain('username="a\\"\\\\b"');
  });

  it("answers Basic with any letters", () => {
    expect(answer({ username: "Jürgen", password: "p:ä" }, "Basic")).toBe("Basic SsO8cmdlbjpwOsOk");
  });

  const DIGEST = { md5: 'Digest realm="d", nonce="5"', sha: 'Digest realm="d", nonce="2", algorithm=SHA-256' };
  it.each<[string, string[], RegExp]>([
    ["SHA-256 before MD5", [DIGEST.md5, DIGEST.sha], /nonce="2"/],
    ["MD5 before Basic", ['Basic realm="b"', DIGEST.md5], /nonce="5"/],
    ["of those in one header", [`Basic realm="b", ${DIGEST.md5}, ${DIGEST.sha}`], /nonce="2"/],
    ["the first of its kind", [DIGEST.md5, DIGEST.md5.replace("5", "6")], /nonce="5"/],
    ["what it knows", ['Digest realm="d", nonce="1", algorithm=SHA-512-256', "NTLM", "Basic"], /^Basic /],
    ["not a session's algorithm", ['Digest realm="d", nonce="1", algorithm=MD5-sess', "Basic"], /^Basic /],
  ])("chooses %s", (_what, values, expected) => {
    expect(answer(ADMIN, ...values)).toMatch(expected);
  });

  it("says that asking again is of no use where nothing is known to it", () => {
    const client = new ClientAuthorization(ADMIN);
    expect(client.challenged(["NTLM", 'Digest nonce="1", algorithm=toString'])).toBe(false);
    expect(client.challenged([])).toBe(false);
  });

  it("throws nothing, whatever it is asked", () => {
    const value = fc.oneof(
      fc.string(),
      fc.constantFrom("Digest ", "Basic ").chain((scheme) => fc.string().map((rest) => scheme + rest)),
    );
    fc.assert(
      fc.property(fc.array(value), (values) => {
        expect(answer(ADMIN, ...values) ?? "").not.toContain(ADMIN.password);
      }),
    );
  });
});

describe("Authenticator", () => {
  const authenticator = new Authenticator(ADMIN, new FakeClock());
  const { nonce = "", realm = "" } = parseAuthHeader(authenticator.challenges(false)[0] ?? "").parameters;

  /** The parameters of a right answer, with these changed. */
  function credentials(changes: Record<string, string | undefined>, parts: Partial<DigestParts> = {}): string {
    const asked = { algorithm: "MD5", ...ADMIN, realm, nonce, method: "PLAY", uri: URL, ...parts } as const;
    const fields = { username: "admin", realm, nonce, uri: URL, response: digestResponse(asked), ...changes };
    return `Digest ${Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [`${name}="${value}"`]))}`;
  }

  it.each<[string, string]>([
    ["as of old, without qop and algorithm", credentials({})],
    ["with the algorithm in small letters", credentials({ algorithm: "md5" })],
    ["with its answer in capitals", credentials({}).replace(/response="[^"]+"/, (text) => text.toUpperCase())],
    ["with SHA-256", credentials({ algorithm: "SHA-256" }, { algorithm: "SHA-256" })],
    [
      "with qop",
      credentials({ qop: "auth", nc: "00000007", cnonce: "c" }, { qop: { nonceCount: "00000007", clientNonce: "c" } }),
    ],
    ["by Basic", `Basic ${Buffer.from("admin:pa:ss").toString("base64")}`],
    ["by Basic without padding", `basic ${Buffer.from("admin:pa:ss").toString("base64").replace(/=+$/, "")}`],
  ])("lets in who answers %s", (_what, header) => {
    expect(authenticator.verify("PLAY", header)).toBe("granted");
  });

  it.each<[string, string, "refused" | "stale"]>([
    ["another name", credentials({ username: "Admin" }), "refused"],
    ["another password", credentials({}, { password: "pa:sS" }), "refused"],
    ["another method", credentials({}, { method: "TEARDOWN" }), "refused"],
    ["another URL than it says", credentials({ uri: "rtsp://cam/2" }), "refused"],
    ["another realm", credentials({}, { realm: "x" }), "refused"],
    ["no answer", credentials({ response: undefined }), "refused"],
    ["half an answer", credentials({ response: "0".repeat(16) }), "refused"],
    ["another algorithm than it says", credentials({ algorithm: "SHA-256" }), "refused"],
    ["an algorithm that was not offered", credentials({ algorithm: "MD5-sess" }), "refused"],
    ["qop that is not in the answer", credentials({ qop: "auth", nc: "00000001", cnonce: "c" }), "refused"],
    ["no nonce", credentials({ nonce: undefined }), "stale"],
    ["a nonce of its own", credentials({ nonce: "abc" }, { nonce: "abc" }), "stale"],
    ["a nonce from the future", credentials({ nonce: nonce.replace(/^\d+/, "999999999") }), "stale"],
    ["no password, by Basic", `Basic ${Buffer.from("admin:").toString("base64")}`, "refused"],
    ["no colon, by Basic", `Basic ${Buffer.from("admin").toString("base64")}`, "refused"],
    ["nothing, by Basic", "Basic", "refused"],
    ["a token", "Bearer abc", "refused"],
    ["nothing", "", "refused"],
  ])("lets nobody in with %s", (_what, header, verdict) => {
    expect(authenticator.verify("PLAY", header)).toBe(verdict);
  });

  it("lets nobody in whose answer has one letter changed", () => {
    const { parameters } = parseAuthHeader(credentials({}));
    const names = fc.constantFrom("username", "nonce", "uri", "response");
    fc.assert(
      fc.property(names, fc.nat(), fc.string({ unit: "binary-ascii", maxLength: 1 }), (name, at, letter) => {
        const value = parameters[name] ?? "";
        const place = at % value.length;
        const changed = value.slice(0, place) + letter + value.slice(place + 1);
        fc.pre(changed.toLowerCase() !== value.toLowerCase());
        expect(authenticator.verify("PLAY", credentials({ [name]: changed }))).not.toBe("granted");
      }),
    );
  });

  it("knows every client of this package", () => {
    const offered = authenticator.challenges(false);
    const algorithms: DigestAlgorithm[] = ["SHA-256", "MD5"];
    for (const word of [...algorithms, "Basic"]) {
      const header = answer(ADMIN, ...offered.filter((value) => value.includes(word)));
      expect(authenticator.verify("DESCRIBE", header)).toBe("granted");
    }
  });
});
