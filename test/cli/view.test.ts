import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { Sender } from "../../server/index.js";
import type { CameraInfo } from "../../server/web/live-protocol.js";
import { makeFileDirectory } from "../support/make-file.js";
import { startCli } from "./run-cli.js";
import { runHere } from "./run-here.js";

describe("glasslink view", () => {
  let sender: Sender;
  let stream: string;
  beforeAll(async () => {
    sender = new Sender({
      camera: { kind: "pattern", width: 320, height: 240 },
      outputs: ["tcp://127.0.0.1:0"],
    });
    await sender.ready;
    stream = sender.outputs[0]?.url as string;
  });
  afterAll(() => sender.close());

  it("serves every stream under its name, opens the page in the browser, and ends with Ctrl-C", async () => {
    await using directory = await makeFileDirectory();
    // What `open` starts on Linux.
    await writeFile(join(directory.path, "xdg-open"), '#!/bin/sh\necho "$1" > "$0.opened"\n', { mode: 0o755 });
    const env = { PATH: `${directory.path}:${process.env.PATH}` };
    await using cli = startCli(["view", `left=${stream}`, "tcp://127.0.0.1:1", "--port", "0"], { env });
    const [, page] = await cli.says(/^(http:\/\/127\.0\.0\.1:\d+\/)$/m);
    const cameras = await vi.waitFor(async () => {
      const told = (await (await fetch(`${page}cameras`)).json()) as CameraInfo[];
      expect(told.map(({ state }) => state)).toEqual(["live", "lost"]);
      return told;
    });
    expect(cameras[0]).toMatchObject({ id: "left", description: stream, codec: "h264", width: 320, height: 240 });
    expect(cameras[1]).toMatchObject({ id: "camera2", reason: expect.stringContaining("127.0.0.1:1") });
    expect(cameras[1]?.retries).toBeGreaterThan(0);
    cli.process.kill("SIGINT");
    expect(await cli.ended).toMatchObject({ code: 130 });
  });

  it.each([
    { args: ["left=tcp://pi:8000", "tcp://pi:99999"], says: /^glasslink: tcp:\/\/pi:99999: .*port/ },
    { args: ["tcp://pi:8000", "--tls-cert", "x.pem"], says: /there is a certificate, but no key/ },
  ])("refuses $args, and leaves nothing running", async ({ args, says }) => {
    const { code, stdout, stderr } = await runHere(["view", ...args, "--no-open", "--port", "0"]);
    expect([code, stdout, stderr]).toEqual([2, "", expect.stringMatching(says)]);
  });
});
