import { describe, expect, it } from "vitest";
import { halfBlocks } from "../../cli/picture-screen.js";
import { startCli } from "./run-cli.js";
import { runHere } from "./run-here.js";

describe("glasslink demo", () => {
  it("shows the numbers of the pictures that arrive, once a second, and sums up", async () => {
    const { code, stdout, stderr } = await runHere(["demo", "--seconds", "4"]);
    expect([code, stderr]).toEqual([0, ""]);
    const shown = Array.from(stdout.matchAll(/^frame (\d+) {2}640x480 {2}[\d.]+ fps {2}latency [\d.]+ ms$/gm));
    expect(shown.length).toBeGreaterThanOrEqual(2);
    const [first, second] = shown.map(([, counter]) => Number(counter)) as [number, number];
    expect(second - first).toBeGreaterThan(20);
    expect(stdout).toMatch(/^\d+ frames received, \d+ missed; the first after \d+ ms\nlatency .*\ndecoding: p50/m);
  });

  it("serves the page, and ends quietly when nobody reads what it prints", async () => {
    await using cli = startCli(["demo", "--seconds", "20"]);
    await cli.says(/^test pattern/);
    const [, page] = await cli.says(/^open (http:\/\/127\.0\.0\.1:\d+\/) in a browser$/m);
    const cameras = await (await fetch(`${page}cameras`)).json();
    expect(cameras).toMatchObject([{ id: "camera", state: "live", codec: "h264", width: 640, height: 480 }]);
    cli.process.stdout?.destroy();
    expect(await cli.ended).toMatchObject({ code: 0, stderr: "" });
  });
});

describe("halfBlocks", () => {
  it("draws two rows of pixels as one row of characters, each with its own colours", () => {
    const data = Buffer.from([10, 20, 30, 40, 50, 60, 70, 80, 90, 1, 2, 3]);
    expect(halfBlocks({ data, width: 2, height: 2 }, 2, 1)).toBe(
      "\u001b[38;2;10;20;30;48;2;70;80;90m▀\u001b[38;2;40;50;60;48;2;1;2;3m▀\u001b[0m\n",
    );
  });

  it("says a colour only once for neighbours that look alike", () => {
    const data = Buffer.alloc(8 * 4 * 3, 7);
    expect(halfBlocks({ data, width: 8, height: 4 }, 4, 2)).toBe(
      "\u001b[38;2;7;7;7;48;2;7;7;7m▀▀▀▀\u001b[0m\n".repeat(2),
    );
  });
});
