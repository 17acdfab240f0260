import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { gatewayCommand } from "../../cli/gateway.js";
import { Sender } from "../../server/index.js";
import { freePort } from "../support/free-port.js";
import { makeFileDirectory } from "../support/make-file.js";
import { startCli } from "./run-cli.js";
import { runHere } from "./run-here.js";

describe("glasslink gateway", () => {
  it("prints where it is and its cameras, without passwords, and serves until it is told to end", async () => {
    await using directory = await makeFileDirectory();
    const config = join(directory.path, "gateway.yml");
    const [rtspPort, output] = await Promise.all([freePort(), freePort()]);
    const camera = '{ id: gate, url: "rtsp://user:hunter2@127.0.0.1:1/stream" }';
    await writeFile(config, `host: 127.0.0.1\nport: 1\nrtspPort: ${rtspPort}\ntoken: s3cret\ncameras: [${camera}]\n`);
    const args = ["--config", config, "--port", "0", "--output", `tcp://127.0.0.1:${output}+n`];
    await using cli = startCli(["gateway", ...args, "--log-level", "silent"]);
    await cli.says(/^gate: /m);
    const [, page] = /^(http:\/\/127\.0\.0\.1:\d+)\/ {2}the page$/m.exec(cli.output()) ?? [];
    expect(cli.output().split("\n")).toEqual([
      `${page}/  the page`,
      `${page}/whip/ID  cameras push here by WHIP, with the token`,
      `${page}/stream  and here by socket.io: glasslink send --output webrtc+${page} --camera-id ID --token TOKEN`,
      `rtsp://127.0.0.1:${rtspPort}/ID  each camera by RTSP`,
      `gate: from rtsp://user:***@127.0.0.1:1/stream  rtsp://127.0.0.1:${rtspPort}/gate  tcp://127.0.0.1:${output}`,
      "",
    ]);
    const cameras = await (await fetch(`${page}/cameras`)).json();
    expect(cameras).toMatchObject([{ id: "gate" }]);
    cli.process.kill("SIGINT");
    const ended = await cli.ended;
    expect(ended).toMatchObject({ code: 130, stderr: "" });
    expect(ended.stdout).not.toMatch(/hunter2|s3cret/);
  });

  it("shows a camera that pushes when it comes", { timeout: 60_000 }, async () => {
    const token = { GLASSLINK_TOKEN: "s3cret" };
    const quiet = ["--host", "127.0.0.1", "--port", "0", "--no-rtsp", "--log-level", "warn"];
    await using gateway = startCli(["gateway", ...quiet], { env: token });
    const [, page] = await gateway.says(/^(\S+)\/ {2}the page$/m);
    await using _sender = new Sender({
      camera: { kind: "pattern", width: 320, height: 240 },
      outputs: [`webrtc+${page}?camera=left&token=s3cret`],
    });
    await gateway.says(/^left: from webrtc:left$/m);
    await vi.waitFor(
      async () => expect(await (await fetch(`${page}/cameras`)).json()).toMatchObject([{ state: "live", width: 320 }]),
      { timeout: 25_000 },
    );
    gateway.process.kill("SIGINT");
    expect(await gateway.ended).toMatchObject({ code: 130 });
  });

  it("says that its port is taken", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const { port } = taken.address() as { port: number };
    const { code, stdout, stderr } = await runHere([
      "gateway",
      "--host",
      "127.0.0.1",
      "--port",
      `${port}`,
      "--no-rtsp",
    ]);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toBe(`glasslink: http://127.0.0.1:${port}: cannot listen: port ${port} is in use already\n`);
    taken.close();
  });

  it("takes a token that no client could send for wrong usage", async () => {
    const { code, stdout, stderr } = await runHere(["gateway", "--token", "two words"]);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toBe("glasslink: token: must be 1 to 256 letters, digits or signs of ASCII, without spaces\n");
  });

  it("explains itself", () => {
    const command = gatewayCommand();
    const said: string[] = [];
    command.configureOutput({ writeOut: (text) => void said.push(text) }).outputHelp();
    for (const part of ["--config <file>", "GLASSLINK_TOKEN", "(default: none)", "glasslink gateway --config"]) {
      expect(said.join("")).toContain(part);
    }
  });
});
