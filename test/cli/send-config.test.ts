import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readSendConfig } from "../../cli/send-config.js";
import { StreamError } from "../../lib/errors.js";
import { type FileDirectory, makeFileDirectory } from "../support/make-file.js";

const SERVER = 'server: { url: "http://192.168.1.100:8080", namespace: "/stream" }\n';
const LEFT = "cameras: { left: { device_id: 0 } }\n";

let directory: FileDirectory;
beforeAll(async () => {
  directory = await makeFileDirectory();
});
afterAll(() => directory[Symbol.asyncDispose]());

async function read(text: string, environment: Record<string, string> = {}) {
  const path = join(directory.path, "config.yml");
  await writeFile(path, text);
  return readSendConfig(path, environment);
}

async function refusal(text: string, environment: Record<string, string> = {}): Promise<string> {
  const error = await read(text, environment).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof StreamError) || !error.code.startsWith("invalid-")) throw error ?? new Error("it was taken");
  return error.message.replace(`${directory.path}/`, "");
}

describe("readSendConfig", () => {
  it("reads what deployed clients have", async () => {
    const left = "{ device_id: 0, width: 640, height: 480, fps: 30 }";
    const right = "{ device_id: 1, width: 640, height: 480, fps: 30 }";
    const fields = { width: 640, height: 480, fps: 30 };
    expect(await read(`${SERVER}cameras:\n  left:  ${left}\n  right: ${right}\n`)).toEqual({
      cameras: [
        { id: "left", camera: { deviceId: 0, fields }, urls: ["webrtc+http://192.168.1.100:8080/stream"] },
        { id: "right", camera: { deviceId: 1, fields }, urls: ["webrtc+http://192.168.1.100:8080/stream"] },
      ],
    });
  });

  it("takes any camera, further outputs, and a token", async () => {
    const text = `
      server: { url: "https://gate.example/", namespace: /cams, token: "0815" }
      outputs: ["rtsp://:8554/{id}"]
      cameras:
        front.1: { camera: "v4l2:/dev/video2?fps=15", width: 1280, height: 720, outputs: ["tcp://:8001"] }
        back: { device_id: 1, hflip: true, rotation: 180, sync: client }`;
    const { cameras, token } = await read(text);
    expect(token).toBe("0815");
    const gateway = "webrtc+https://gate.example/cams";
    expect(cameras.map(({ urls }) => urls)).toEqual([
      [gateway, "rtsp://:8554/front.1", "tcp://:8001"],
      [gateway, "rtsp://:8554/back"],
    ]);
    const v4l2 = { kind: "v4l2", device: "/dev/video2", fps: 15, width: 1280, height: 720 };
    expect(cameras[0]?.camera).toMatchObject(v4l2);
    expect(cameras[1]?.camera).toEqual({ deviceId: 1, fields: { hflip: true, rotation: 180, sync: "client" } });
  });

  it("lets the environment go before the file", async () => {
    const text = `${SERVER}cameras: { left: { device_id: 0 }, right: { camera: pattern, fps: 25 }, back: { device_id: 5 } }`;
    const environment = { SERVER_URL: "http://10.0.0.9:9000", LEFT_CAMERA_ID: "3", RIGHT_CAMERA_ID: "4" };
    const { cameras } = await read(text, environment);
    expect(cameras.map(({ camera }) => camera)).toMatchObject([
      { deviceId: 3 },
      { deviceId: 4, fields: { fps: 25 } },
      { deviceId: 5 },
    ]);
    expect(cameras[0]?.urls).toEqual(["webrtc+http://10.0.0.9:9000/stream"]);
    // What is set to nothing is not set.
    const unset = { SERVER_URL: "", LEFT_CAMERA_ID: "" };
    expect((await read(SERVER + LEFT, unset)).cameras).toMatchObject([{ camera: { deviceId: 0 } }]);
    const without = await read(LEFT, { SERVER_URL: "http://a" });
    expect(without.cameras[0]?.urls).toEqual(["webrtc+http://a/stream"]);
  });

  const there = 'outputs: ["tcp://:0"]\n';
  it.each([
    ["# nothing yet", "config.yml: cameras: must be a mapping of at least one camera by its id"],
    [there, "config.yml: cameras: must be a mapping of at least one camera by its id"],
    [`${there}cameras: {}`, "config.yml: cameras: must be a mapping of at least one camera by its id"],
    [`${there}cameras: [left]`, "config.yml: cameras: must be a mapping of at least one camera by its id"],
    [
      `${there}cameras: { a/b: { device_id: 0 } }`,
      'config.yml: cameras.a/b: is no id; it must be 1 to 64 letters, digits, "_", "." or "-", and not dots alone',
    ],
    [
      `${there}cameras: { left: { device: 0 } }`,
      'config.yml: cameras.left: "device" is unknown; allowed: device_id, camera, outputs, width, height, fps, ' +
        "bitrate, gop, hflip, vflip, rotation, sync",
    ],
    [
      `${there}cameras: { left: { device_id: /dev/video0 } }`,
      'config.yml: cameras.left.device_id = "/dev/video0": must be a whole number from 0 to 15',
    ],
    [
      `${there}cameras: { left: { device_id: 0, fps: 0 } }`,
      "config.yml: cameras.left.fps: 0 is not allowed; it must be a number of pictures a second from 1 to 240",
    ],
    [
      `${there}cameras: { left: { device_id: 0, sync: both } }`,
      'config.yml: cameras.left.sync: "both" is not allowed; it must be one of server, client',
    ],
    [
      `${there}cameras: { left: { camera: "pattern", hflip: true } }`,
      "config.yml: cameras.left.hflip: unknown option; pattern takes: width, height, fps, bitrate, gop, codec, label",
    ],
    [
      `${there}cameras: { left: { camera: "pattern?fps=9", fps: 10 } }`,
      "config.yml: cameras.left.fps: given twice; cameras.left.camera says it too",
    ],
    [
      `${there}cameras: { left: { camera: pinhole } }`,
      'config.yml: cameras.left.camera "pinhole" is unknown; allowed: rpicam, v4l2, webcam, pattern, file',
    ],
    [
      `${there}cameras: { left: { fps: 30 } }`,
      "config.yml: cameras.left: it must say which camera, by one of device_id: 0, or camera: v4l2:/dev/video0",
    ],
    [
      `${there}cameras: { left: { device_id: 0, camera: pattern } }`,
      "config.yml: cameras.left: it must say which camera, by one of device_id: 0, or camera: v4l2:/dev/video0",
    ],
    [LEFT, "config.yml: cameras.left: it goes nowhere; give the file a server, or it some outputs"],
    [
      `outputs: ["http://a:8080"]\n${LEFT}`,
      /^config.yml: cameras.left: http:\/\/a:8080: no output for "http:\/\/"; allowed: /,
    ],
    [
      `outputs: "tcp://:8000"\n${LEFT}`,
      'config.yml: outputs = "tcp://:8000": must be a list of URLs such as tcp://:8000',
    ],
    [
      `server: { url: "192.168.1.100" }\n${LEFT}`,
      'config.yml: server.url = "192.168.1.100": must be a URL such as http://192.168.1.100:8080, without a path',
    ],
    [
      `server: { url: "http://a/stream" }\n${LEFT}`,
      'config.yml: server.url = "http://a/stream": must be a URL such as http://192.168.1.100:8080, without a path',
    ],
    [`server: {}\n${LEFT}`, "config.yml: server.url: must be a URL such as http://192.168.1.100:8080, without a path"],
    [
      `server: { url: "http://a", namespace: stream }\n${LEFT}`,
      'config.yml: server.namespace = "stream": must be a path such as /stream',
    ],
    [
      `server: { url: "http://a", token: 4711 }\n${LEFT}`,
      "config.yml: server.token = ***: must be text; put it between quotes",
    ],
    [
      `server: { url: "http://a", token: "open sesame" }\n${LEFT}`,
      /^config.yml: cameras.left: webrtc\+http:\/\/a\/stream\?camera=left&token=\*\*\*: the token is not allowed; it must be/,
    ],
    [
      `cameras:\n  left: { device_id: 0 }\n  left: { device_id: 1 }`,
      "config.yml, line 3, column 3: Map keys must be unique",
    ],
  ])("refuses %j and says where and what is allowed", async (text, message) => {
    expect(await refusal(text)).toEqual(typeof message === "string" ? message : expect.stringMatching(message));
  });

  it.each([
    [
      { SERVER_URL: "gateway" },
      'SERVER_URL = "gateway": must be a URL such as http://192.168.1.100:8080, without a path',
    ],
    [{ LEFT_CAMERA_ID: "/dev/video0" }, 'LEFT_CAMERA_ID = "/dev/video0": must be a whole number from 0 to 15'],
    [{ RIGHT_CAMERA_ID: "16" }, 'RIGHT_CAMERA_ID = "16": must be a whole number from 0 to 15'],
  ] as [Record<string, string>, string][])("refuses %j in the environment", async (environment, message) => {
    expect(await refusal(there + LEFT, environment)).toBe(message);
  });
});
