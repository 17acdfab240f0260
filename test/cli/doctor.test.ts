import { createServer } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { checkPorts } from "../../cli/doctor-ports.js";
import { describeFindings } from "../../cli/doctor-report.js";
import { fixturePath } from "../support/fixture-path.js";
import { runCli } from "./run-cli.js";
import { runHere } from "./run-here.js";

describe("glasslink doctor", () => {
  it("prints what this machine has as one JSON object", async () => {
    const ffmpeg = { FFMPEG_PATH: fixturePath("ffmpeg-with-accelerators"), ACCELERATORS: "good,vaapi" };
    const env = { PATH: `${fixturePath("")}:${process.env.PATH}`, RPICAM_MODEL: "pi5", ...ffmpeg };
    const { code, stdout, stderr } = await runCli(["doctor", "--json"], { env });
    expect([code, stderr]).toEqual([0, ""]);
    const findings = JSON.parse(stdout);
    expect(findings).toEqual({
      node: process.version,
      platform: `${process.platform} ${process.arch}`,
      ffmpeg: { usable: true, path: ffmpeg.FFMPEG_PATH, version: expect.stringMatching(/\d/) },
      ...{ hardwareDecoders: expect.any(Array), cameras: expect.any(Array), network: expect.any(Array) },
      ports: expect.any(Array),
    });
    const decoders = findings.hardwareDecoders.map(({ name, codec }: Record<string, string>) => `${name} ${codec}`);
    expect(decoders).toEqual(["good h264", "good h265", "vaapi h264", "vaapi h265"]);
    // The stand-in decodes; of the other one the real ffmpeg tells whether this machine has it.
    expect(findings.hardwareDecoders[0]).toEqual({ name: "good", codec: "h264", works: true });
    for (const { works, reason } of findings.hardwareDecoders) expect(works ? "ok" : reason).toMatch(/^.{2,100}$/);
    expect(findings.cameras).toContainEqual({ camera: "rpicam:0", name: expect.any(String) });
    expect(findings.network).toContainEqual(
      expect.objectContaining({ address: "127.0.0.1", family: "IPv4", multicast: expect.any(Boolean) }),
    );
    expect(findings.ports.map(({ port }: { port: number }) => port)).toEqual([
      8000, 5000, 8554, 8080, 8001, 9999, 8888,
    ]);
  });

  it("fails without ffmpeg, and says how to install it", async () => {
    const { code, stdout, stderr } = await runHere(["doctor"], { FFMPEG_PATH: "/nowhere/ffmpeg" });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^ffmpeg +not usable: no ffmpeg at \/nowhere\/ffmpeg; install it with: /m);
    expect(stderr).toMatch(/^glasslink: no ffmpeg at .*\n$/);
  });

  it("tells a port that is taken", async () => {
    const server = createServer().listen(8888);
    onTestFinished(() => void server.close());
    const ports = await checkPorts();
    expect(ports.find(({ port }) => port === 8888)).toEqual({
      ...{ port: 8888, protocol: "tcp", use: "MJPEG over TCP", free: false },
    });
  });

  it("puts the formats that an accelerator treats alike in one line", () => {
    const report = describeFindings({
      ...{ node: "v20", platform: "linux x64", ffmpeg: { usable: true, path: "/bin/ffmpeg", version: "6.0" } },
      hardwareDecoders: [
        { name: "cuda", codec: "h264", works: true },
        { name: "cuda", codec: "h265", works: true },
        { name: "drm", codec: "h264", works: false, reason: "no such device" },
        { name: "drm", codec: "h265", works: true },
      ],
      ...{ cameras: [], network: [], ports: [{ port: 1, protocol: "udp", use: "tests", free: false }] },
    });
    expect(report.split("\n")).toEqual([
      "node      v20 on linux x64",
      "ffmpeg    6.0 at /bin/ffmpeg",
      "decoders  software        ok",
      "          cuda            ok",
      "          drm             h264 no: no such device; h265 ok",
      "cameras   none found",
      "",
      "ports     1 udp  taken  tests",
    ]);
  });
});
