import { expect, it } from "vitest";
import { systemClock } from "../../lib/clock.js";
import { jpegSize } from "../../lib/codecs/jpeg.js";
import { openSource } from "../../lib/sources/index.js";
import { counterFilters } from "../../server/cameras/pattern-filter.js";
import { playMjpegTape } from "../support/mjpeg-tape.js";
import { PICTURE } from "../support/peer-pictures.js";
import { freeTcpPort } from "../support/peer-ports.js";
import { describePeers, type Finished, startPeer } from "../support/peer-program.js";
import { tapeUnits } from "../support/peer-sender.js";
import { ReceivedFrames } from "../support/received-frames.js";
import { runSource, sourceContext } from "../support/run-source.js";

const PICTURES = 40;
const { width, height, fps } = PICTURE;

/** Starts ffmpeg as the web server of one viewer, and gives its address. */
async function startFfmpegServer(options: readonly string[], finished: Finished): Promise<string> {
  const url = `http://127.0.0.1:${await freeTcpPort()}/camera`;
  const picture = [`testsrc2=size=${width}x${height}:rate=${fps}`, ...counterFilters(width, height)].join(",");
  const input = ["-v", "error", "-re", "-f", "lavfi", "-i", picture, "-pix_fmt", "yuvj420p", "-q:v", "4"];
  startPeer("ffmpeg", [...input, "-f", "mpjpeg", ...options, "-listen", "1", url], finished);
  return url;
}

describePeers("ffmpeg's mpjpeg over HTTP is received", ["ffmpeg"], () => {
  it.for([
    ["by its type", ["-content_type", "multipart/x-mixed-replace;boundary=ffmpeg"]],
    ["by its first bytes, where it tells no type", []],
    ["with a boundary that it does not announce", ["-boundary_tag", "my camera", "-content_type", "multipart/mixed"]],
  ] as const)("%s", async ([, options], { onTestFinished: finished }) => {
    const frames = new ReceivedFrames(await startFfmpegServer(options, finished), finished);
    await frames.given(PICTURES);
    frames.expectInOrder(2 ** 32);
    const { codec, lost, discardedBytes } = frames.receiver.stats();
    expect({ codec, lost, discardedBytes }).toEqual({ codec: "mjpeg", lost: 0, discardedBytes: 0 });
  });
});

describePeers("uStreamer is received", ["ustreamer"], () => {
  it("with its password, where it has no camera and says so in a picture", async ({ onTestFinished: finished }) => {
    const port = await freeTcpPort();
    const access = ["--user", "pilot", "--passwd", "secret"];
    startPeer("ustreamer", ["--device=/dev/null", "--host=127.0.0.1", `--port=${port}`, ...access], finished);
    const frames = new ReceivedFrames(`http://pilot:secret@127.0.0.1:${port}/stream`, finished);
    await frames.given(2);
    const { codec, lost, discardedBytes, ...size } = frames.receiver.stats();
    expect({ codec, lost, discardedBytes }).toEqual({ codec: "mjpeg", lost: 0, discardedBytes: 0 });
    expect([size.width, size.height]).toEqual([640, 480]);
    const source = openSource(`http://127.0.0.1:${port}/stream`, sourceContext());
    expect((await runSource(source)).error?.code).toBe("unauthorized");
  });
});

describePeers("Our own /stream.mjpg is received", ["ffmpeg"], () => {
  it("each picture as soon as it is there, not with the next one", async ({ onTestFinished: finished }) => {
    const units = await tapeUnits("mjpeg");
    const slowly = 5;
    const { stage, playedAtMs } = await playMjpegTape(units, { fps: slowly }, finished);
    const delaysMs: number[] = [];
    const run = await runSource(openSource(`${stage.origin}/stream.mjpg`, sourceContext()), (seen) => {
      const unit = seen.units.at(-1);
      if (!unit) return false;
      const index = units.findIndex(({ data }) => data.equals(unit.data));
      delaysMs.push(systemClock.wallNow() - (playedAtMs[index] ?? 0));
      return seen.units.length === 12;
    });
    expect([run.lost, run.discarded]).toEqual([0, 0]);
    expect(delaysMs.slice(1).sort((one, other) => one - other)[5]).toBeLessThan(1_000 / slowly / 2);
    expect(jpegSize(run.units[0]?.data ?? Buffer.alloc(0))).toEqual({ width, height });
    expect(Math.abs((run.units[5]?.capturedAtMs ?? 0) - systemClock.wallNow())).toBeLessThan(5_000);
  });
});
