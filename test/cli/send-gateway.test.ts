import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { Gateway } from "../../server/gateway.js";
import { makeFileDirectory } from "../support/make-file.js";
import { startCli } from "./run-cli.js";

const TOKEN = "hunter2";

describe("glasslink send --config, to a gateway", () => {
  it("hands over each camera under its id, with the token that nobody is shown", async () => {
    await using directory = await makeFileDirectory();
    await using gateway = new Gateway({ host: "127.0.0.1", port: 0, rtspPort: null, token: TOKEN });
    await gateway.ready;
    const path = join(directory.path, "config.yml");
    const server = `server: { url: "${new URL(gateway.url).origin}", token: "${TOKEN}" }\n`;
    const [left, right] = ["width: 320, height: 240", "width: 160, height: 120"];
    const cameras = `cameras:\n  left: { device_id: 0, ${left} }\n  right: { device_id: 1, ${right} }\n`;
    await writeFile(path, server + cameras);
    await using cli = startCli(["send", "--config", path, "--log-level", "debug"]);

    const said = /^left: webrtc\+http:\/\/127\.0\.0\.1:\d+\/stream\?camera=left {2}open http:\/\//m;
    await cli.says(said);
    await vi.waitFor(() => expect([...gateway.cameras.keys()].sort()).toEqual(["left", "right"]), { timeout: 20_000 });
    expect(await gateway.cameras.get("left")?.read()).toMatchObject({ width: 320, height: 240 });
    expect(await gateway.cameras.get("right")?.read()).toMatchObject({ width: 160, height: 120 });
    cli.process.kill("SIGINT");
    const { code, stdout, stderr } = await cli.ended;
    expect(code).toBe(130);
    expect(stdout + stderr).not.toContain(TOKEN);
  }, 60_000);
});
