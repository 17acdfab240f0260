import { describe, expect, it } from "vitest";
import { Receiver } from "../../lib/index.js";
import { fixturePath } from "../support/fixture-path.js";
import { isRunning } from "../support/is-running.js";
import { descendantsOf, runCli, startCli } from "./run-cli.js";

describe("glasslink send", () => {
  it("prints for each output the command that receives it, and sends until it is told to end", async () => {
    const outputs = ["--output", "tcp://127.0.0.1:0", "--output", "udp://127.0.0.1:45999"];
    await using cli = startCli(["send", "--camera", "pattern", "--width", "320", "--height", "240", ...outputs]);
    const [, port] = await cli.says(/receive with: glasslink probe tcp:\/\/127\.0\.0\.1:(\d+)\n/);
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
    const short = ["--camera", "pattern?width=320&height=240", "--output", "tcp://127.0.0.1:0", "--seconds", "1"];
    await using cli = startCli(["send", ...short, "--no-stamp", "--log-level", "warn"]);
    const [, url] = await cli.says(/receive with: glasslink probe (\S+)\n/);
    await using receiver = new Receiver(url as string);
    expect((await receiver.read()).capturedAt).toBeUndefined();
    expect(await cli.ended).toMatchObject({ code: 0, stderr: "" });
  });

  it("takes the Raspberry Pi's camera when none is named", async () => {
    const env = { PATH: `${fixturePath("")}:${process.env.PATH}`, RPICAM_MODEL: "pi4" };
    await using cli = startCli(["send", "--output", "tcp://127.0.0.1:0"], { env });
    await cli.says(/^Raspberry Pi camera 0, 640x480 at 30 fps\n/);
    cli.process.kill("SIGINT");
    expect(await cli.ended).toMatchObject({ code: 130 });
  });

  it.concurrent.each([
    { args: [], names: "choose one with --camera: pattern (no hardware needed), rpicam[:n], v4l2:/dev/video0" },
    {
      args: ["--camera", "pinhole"],
      names: 'camera "pinhole" is unknown; allowed: rpicam, v4l2, webcam, pattern, file',
    },
    { args: ["--camera", "pattern", "--hflip"], names: "camera.hflip: unknown option; pattern takes: width" },
    { args: ["--camera", "pattern", "--width", "33"], names: "camera.width: 33 is not allowed; it must be an even" },
    { args: ["--camera", "pattern", "--output", "http://a"], names: 'no output for "http://"; allowed: tcp, udp' },
    { args: ["--camera", "pattern", "--output", "tcp://192.0.2.250:0"], names: "is no address of this machine" },
  ])("$args fails with one line that says what is allowed", async ({ args, names }) => {
    const { code, stdout, stderr } = await runCli(["send", ...args, "--log-level", "error"]);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^glasslink: .*\n$/);
    expect(stderr).toContain(names);
  });
});
