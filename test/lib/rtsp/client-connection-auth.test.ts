import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { parseRtspUrl } from "../../../lib/rtsp/rtsp-url.js";
import { connect, open, serve } from "../../support/rtsp-connection.js";
import type { RtspServerOptions } from "../../support/rtsp-server.js";

/** As RFC 7616 section 3.4.1 says, written down once more. */
function expectedDigest(method: string, fields: Record<string, string>): string {
  const hash = (text: string): string =>
    createHash(fields.algorithm === "SHA-256" ? "sha256" : "md5")
      .update(text)
      .digest("hex");
  const secret = hash("me:the realm:hunter2");
  const request = hash(`${method}:${fields.uri}`);
  if (fields.qop === undefined) return hash(`${secret}:${fields.nonce}:${request}`);
  return hash(`${secret}:${fields.nonce}:${fields.nc}:${fields.cnonce}:auth:${request}`);
}

function fieldsOf(header: string | undefined): Record<string, string> {
  const pairs = [...(header ?? "").matchAll(/(\w+)=(?:"([^"]*)"|([^\s,]*))/g)];
  return Object.fromEntries(pairs.map(([, name, quoted, bare]) => [name, quoted ?? bare]));
}

/** Challenges until an answer to the present nonce is right. */
function digestServer(challenge: string, nonces: string[]): RtspServerOptions {
  return {
    answer: ({ method, headers }) => {
      const fields = fieldsOf(headers.get("Authorization"));
      const isRight = fields.nonce === nonces[0] && fields.response === expectedDigest(method, fields);
      if (isRight) return { status: 200 };
      return {
        status: 401,
        headers: { "WWW-Authenticate": `Digest realm="the realm", nonce="${nonces[0]}"${challenge}` },
      };
    },
  };
}

describe("an RTSP connection that is asked who it is", () => {
  it.each(["", ", algorithm=MD5", ', qop="auth"', ', algorithm=SHA-256, qop="auth,auth-int", opaque="x"'])(
    "answers Digest%s",
    async (challenge) => {
      const { server, ask } = await connect(digestServer(challenge, ["abc"]));
      expect((await ask("DESCRIBE")).status).toBe(200);
      expect((await ask("SETUP")).status).toBe(200);
      expect(server.methods).toEqual(["DESCRIBE", "DESCRIBE", "SETUP"]);
    },
  );

  it("counts how often it has used a nonce", async () => {
    const { server, ask } = await connect(digestServer(', qop="auth"', ["abc"]));
    for (const method of ["DESCRIBE", "SETUP", "PLAY"]) await ask(method);
    const counts = server.requests.map(({ headers }) => fieldsOf(headers.get("Authorization")).nc);
    expect(counts).toEqual([undefined, "00000001", "00000002", "00000003"]);
  });

  it.each([", stale=true", ""])("answers again when the server wants another nonce%s", async (stale) => {
    const nonces = ["abc", "def"];
    const { server, ask } = await connect(digestServer(stale, nonces));
    await ask("DESCRIBE");
    nonces.shift();
    expect((await ask("GET_PARAMETER")).status).toBe(200);
    expect((await ask("GET_PARAMETER")).status).toBe(200);
    expect(server.methods).toEqual(["DESCRIBE", "DESCRIBE", ...Array(3).fill("GET_PARAMETER")]);
  });

  it("answers Basic", async () => {
    const { ask } = await connect({
      answer: ({ headers }) => {
        if (headers.get("Authorization") === "Basic bWU6aHVudGVyMg==") return undefined;
        return { status: 401, headers: { "WWW-Authenticate": 'Basic realm="x"' } };
      },
    });
    expect((await ask()).status).toBe(200);
  });

  it("answers for every request that was on its way", async () => {
    const { connection, url } = await connect(digestServer(', qop="auth"', ["abc"]));
    const asked = ["DESCRIBE", "SETUP", "PLAY"].map((method) => connection.request(method, url));
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  it.each(["", ", stale=true"])("gives up on a server that refuses whatever it says%s", async (stale) => {
    const { server, ask } = await connect(digestServer(stale, []));
    await expect(ask()).rejects.toMatchObject({
      code: "unauthorized",
      message: expect.stringContaining("user name or password refused"),
      details: { status: 401 },
    });
    expect(server.requests.length).toBeLessThanOrEqual(3);
  });

  it("tells that a user name and password are wanted where the URL has none", async () => {
    const server = await serve({ refusesEveryone: true });
    const connection = await open(server, { url: parseRtspUrl(`rtsp://127.0.0.1:${server.port}/stream`) });
    await expect(connection.request("DESCRIBE", "*")).rejects.toMatchObject({
      code: "unauthorized",
      message: expect.stringContaining("wants a user name and a password"),
    });
    expect(server.requests).toHaveLength(1);
  });

  it("tells of a kind that it does not know", async () => {
    const { ask } = await connect({
      answer: () => ({ status: 401, headers: { "WWW-Authenticate": "Negotiate abc" } }),
    });
    await expect(ask()).rejects.toMatchObject({
      code: "unauthorized",
      message: expect.stringContaining("not known here (Negotiate)"),
    });
  });
});
