import { access, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { Receiver } from "../../lib/index.js";
import { fixturePath } from "../support/fixture-path.js";
import { freePort } from "../support/free-port.js";
import { isRunning } from "../support/is-running.js";
import { makeFileDirectory } from "../support/make-file.js";
import { descendantsOf, startCli } from "./run-cli.js";
import { runHere } from "./run-here.js";

describe("glasslink send", () => {
  it("prints for each output the command that receives it, and sends until it is told to end", async () => {
    const outputs = ["tcp://127.0.0.1:0", "udp://127.0.0.1:45999", "chunked-udp://127.0.0.1:0"].flatMap((url) => [
      "--output",
      url,
    ]);
    await using cli = startCli(["send", "--camera", "pattern", "--width", "320", "--height", "240", ...outputs], {
      env: { GLASSLINK_TOKEN: "hunter2" },
    });
    const [, port] = await cli.says(/receive with: glasslink probe tcp:\/\/127\.0\.0\.1:(\d+)\n/);
    await cli.says(/probe "chunked-udp:\/\/127\.0\.0\.1:\d+\?token=TOKEN"\n/);
    await cli.says(/^udp:\/\/127\.0\.0\.1:45999 {2}receive with: glasslink probe udp:\/\/127\.0\.0\.1:45999\n/m);
    await using receiver = new Receiver(`tcp://127.0.0.1:${port}`);
    expect(await receiver.read()).toMatchObject({ width: 320, height: 240, capturedAt: expect.any(Number) });
    const children = await descendantsOf(cli.process.pid as number);
    expect(children.length).toBeGreaterThan(0);
    cli.process.kill("SIGTERM");
    expect(await cli.ended).toMatchObject({ code: 143 });
    expect(children.filter(isRunning)).toEqual([]);
  });

  it("sends no stamps with --no-stamp, and ends after --seconds", async () => {
    const url = `tcp://127.0.0.1:${await freePort()}`;
    const short = ["--camera", "pattern?width=320&height=240", "--output", url, "--seconds", "4"];
    const sending = runHere(["send", ...short, "--no-stamp", "--log-level", "warn"]);
    await using receiver = new Receiver(url);
    expect((await receiver.read()).capturedAt).toBeUndefined();
    expect(await sending).toMatchObject({ code: 0, stderr: "" });
  });

  it("takes the Raspberry Pi's camera when none is named", async () => {
    const env = { PATH: `${fixturePath("")}:${process.env.PATH}`, RPICAM_MODEL: "pi4" };
    await using cli = startCli(["send", "--output", "tcp://127.0.0.1:0"], { env });
    await cli.says(/^Raspberry Pi camera 0, 640x480 at 30 fps\n/);
    cli.process.kill("SIGINT");
    expect(await cli.ended).toMatchObject({ code: 130 });
  });

  it("says nothing when it is ended while it looks for a camera", async () => {
    await using directory = await makeFileDirectory();
    await writeFile(join(directory.path, "rpicam-vid"), '#!/bin/sh\ntouch "$0.asked"\nexec sleep 60\n', {
      mode: 0o755,
    });
    await using cli = startCli(["send"], { env: { PATH: `${directory.path}:${process.env.PATH}` } });
    await vi.waitFor(() => access(join(directory.path, "rpicam-vid.asked")), { timeout: 25_000 });
    cli.process.kill("SIGINT");
    expect(await cli.ended).toEqual({ code: 130, signal: null, stdout: "", stderr: "" });
  });

  it("ends after --seconds when no picture came, and says why", async () => {
    await using directory = await makeFileDirectory();
    await writeFile(join(directory.path, "rpicam-vid"), "#!/bin/sh\necho 'no sensor' >&2\nexit 3\n", { mode: 0o755 });
    const args = ["--camera", "rpicam", "--output", "tcp://127.0.0.1:0", "--seconds", "1", "--log-level", "error"];
    const { code, stdout, stderr } = await runHere(["send", ...args], {
      PATH: `${directory.path}:${process.env.PATH}`,
    });
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^glasslink: nothing was sent in 1 s: .*no sensor.*\n$/);
  });

  it("fails after --seconds when nothing could be sent, and says why", async () => {
    const output = ["--output", "udp://camera.invalid:5000", "--seconds", "1", "--log-level", "error"];
    const { code, stderr } = await runHere(["send", "--camera", "pattern", ...output]);
    const reason =
      /^glasslink: nothing was sent in 1 s: udp:\/\/camera\.invalid:5000: host camera\.invalid cannot .*\n$/;
    expect([code, stderr]).toEqual([1, expect.stringMatching(reason)]);
  });

  it.each([
    {
      code: 1,
      args: [],
      names: "choose one with --camera: pattern (no hardware needed), rpicam[:n], v4l2:/dev/video0",
    },
    {
      code: 2,
      args: ["--camera", "pinhole"],
      names: 'camera "pinhole" is unknown; allowed: rpicam, v4l2, webcam, pattern, file',
    },
    { code: 2, args: ["--camera", "pattern", "--hflip"], names: "camera.hflip: unknown option; pattern takes: width" },
    {
      code: 2,
      args: ["--camera", "pattern", "--width", "33"],
      names: "camera.width: 33 is not allowed; it must be an even",
    },
    {
      code: 2,
      args: ["--camera", "pattern", "--output", "http://a"],
      names: 'no output for "http://"; allowed: rtsp, rtsp-push, webrtc+http, webrtc+https, whip+http',
    },
    {
      code: 1,
      args: ["--camera", "pattern", "--output", "tcp://192.0.2.250:0"],
      names: "is no address of this machine",
    },
  ])("$args fails with $code and one line that says what is allowed", async ({ code, args, names }) => {
    const { stdout, stderr, ...ended } = await runHere(["send", ...args, "--log-level", "error"]);
    expect([ended.code, stdout]).toEqual([code, ""]);
    expect(stderr).toMatch(/^glasslink: .*\n$/);
    expect(stderr).toContain(names);
  });
});
