import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type GatewayCommandOptions, readGatewaySettings } from "../../cli/gateway-settings.js";
import { type FileDirectory, makeFileDirectory } from "../support/make-file.js";

const NONE: GatewayCommandOptions = { rtsp: true, output: [], camera: [], logLevel: "info" };
const WHOLE = `
port: 8088
host: 127.0.0.1
rtspPort: null
token: secret
outputs: ["udp://239.1.1.1:5000+n"]
cameras:
  - { id: gate, url: "rtsp://user:hunter2@192.168.1.30/stream" }
telemetry: http://pi:8001
tlsCert: cert.pem
tlsKey: key.pem
`;
const GATE = { id: "gate", url: "rtsp://user:hunter2@192.168.1.30/stream" };

let directory: FileDirectory;
beforeAll(async () => {
  directory = await makeFileDirectory();
});
afterAll(() => directory[Symbol.asyncDispose]());

async function fileWith(text: string): Promise<string> {
  const path = join(directory.path, "gateway.yml");
  await writeFile(path, text);
  return path;
}

describe("settings of glasslink gateway", () => {
  it("are those of the file", async () => {
    expect(await readGatewaySettings({ ...NONE, config: await fileWith(WHOLE) })).toEqual({
      gateway: {
        ...{ port: 8088, host: "127.0.0.1", rtspPort: null, token: "secret", telemetry: "http://pi:8001" },
        ...{ outputs: ["udp://239.1.1.1:5000+n"], cameras: [GATE] },
      },
      tls: { certPath: "cert.pem", keyPath: "key.pem" },
    });
    expect(await readGatewaySettings({ ...NONE, config: await fileWith("") })).toEqual({ gateway: {}, tls: {} });
  });

  it("are those of the command line first", async () => {
    const given = { port: 1, host: "::1", rtspPort: 2, token: "mine", telemetry: "pi", tlsCert: "c", tlsKey: "k" };
    const lists = { output: ["tcp://:9000+n"], camera: ["yard=udp://:5000?a=b"] };
    expect(await readGatewaySettings({ ...NONE, ...given, ...lists, config: await fileWith(WHOLE) })).toEqual({
      gateway: {
        ...{ port: 1, host: "::1", rtspPort: 2, token: "mine", telemetry: "pi" },
        ...{ outputs: ["tcp://:9000+n"], cameras: [{ id: "yard", url: "udp://:5000?a=b" }] },
      },
      tls: { certPath: "c", keyPath: "k" },
    });
    expect(await readGatewaySettings({ ...NONE, rtsp: false })).toEqual({ gateway: { rtspPort: null }, tls: {} });
  });

  it.each([
    [
      "prot: 1",
      '"prot" is unknown; allowed: port, host, rtspPort, token, outputs, cameras, telemetry, tlsCert, tlsKey',
    ],
    ["port: eighty", 'port = "eighty": must be a port, 0 to 65535'],
    ["rtspPort: 0", "rtspPort = 0: must be a port, 1 to 65535, or null for none"],
    ["token: 31337", "token = ***: must be text; put it between quotes"],
    ["outputs: udp://a:1+n", 'outputs = "udp://a:1+n": must be a list, such as ["udp://239.1.1.1:5000+n"]'],
    ["outputs: [udp://a:1]", 'outputs[0] = "udp://a:1": udp://a:1: each camera needs an output of its own'],
    ["cameras: [{ id: a b, url: x }]", 'cameras[0].id = "a b": must be 1 to 64 letters, digits, "_", "." or "-"'],
    ["cameras: [{ id: a }]", "cameras[0].url: must be a URL"],
    ["cameras: [{ id: a, url: x, name: y }]", 'cameras[0]: "name" is unknown; allowed: id, url'],
    ["cameras: [{ id: a, url: 'ws://me:hunter2@b' }]", 'cameras[0].url = "ws://me:***@b": ws://me:***@b: no stream'],
    ["cameras: { gate: x }", 'cameras: must be a list, such as [{ id: gate, url: "rtsp://192.168.1.30/stream" }]'],
  ])("refuse %s", async (text, says) => {
    const config = await fileWith(text);
    const error = (await readGatewaySettings({ ...NONE, config }).catch((reason: Error) => reason)) as Error;
    expect(error).toMatchObject({ name: "StreamError", code: "invalid-option" });
    expect(error.message).toContain(`gateway.yml: ${says}`);
    expect(error.message).not.toMatch(/hunter2|31337/);
  });

  it.each(["rtsp://me:hunter2@b", "=rtsp://b", "a/b=rtsp://b", "gate="])("refuse --camera %s", async (camera) => {
    const error = (await readGatewaySettings({ ...NONE, camera: [camera] }).catch((reason: Error) => reason)) as Error;
    expect(error.message).toContain("must be id=url, such as gate=rtsp://192.168.1.30/stream; the id must be 1 to 64");
    expect(error.message).not.toContain("hunter2");
  });
});
