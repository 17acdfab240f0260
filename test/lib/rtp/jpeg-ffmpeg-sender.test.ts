import { expect, it } from "vitest";
import { hashAll } from "../../support/frame-hashes.js";
import { jpegUnits, makeJpegs } from "../../support/make-jpegs.js";
import { startPeer } from "../../support/peer-program.js";
import { receiveRtp } from "../../support/receive-rtp.js";

const FRAMES = 20;
const ENOUGH_UNITS = 15;
// ffmpeg sends no JPEG with one table for luma and chroma.
const ENCODER = ["-huffman", "default", "-force_duplicated_matrix", "1"];

it("receives the JPEGs that ffmpeg sends over RTP, pixel for pixel", async ({ onTestFinished: finished }) => {
  const jpegs = await makeJpegs({ width: 320, height: 240, frames: FRAMES, encoder: ENCODER });
  const { port, sink, parser, units } = await receiveRtp({}, finished);
  const source = ["-re", "-f", "mjpeg", "-framerate", "60", "-i", "pipe:0", "-c", "copy"];
  const sender = startPeer("ffmpeg", ["-v", "error", ...source, "-f", "rtp", `rtp://127.0.0.1:${port}`], finished);
  sender.stdin.end(Buffer.concat(jpegs));
  await units(ENOUGH_UNITS, sender);
  const received = [...sink.units];
  const [got, sent] = await hashAll([received, jpegUnits(jpegs.slice(0, received.length))]);
  expect(got).toEqual(sent);
  expect([sink.lostCount, sink.discardedBytes, parser.misfires]).toEqual([0, 0, 0]);
  expect((sink.units[1]?.mediaTimeMs ?? 0) - (sink.units[0]?.mediaTimeMs ?? 0)).toBeCloseTo(1_000 / 60, 1);
});
