import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { expect, it } from "vitest";
import { ivfFrameHeader, ivfHeader } from "../../../lib/codecs/ivf.js";
import { RtpParser } from "../../../lib/rtp/rtp-parser.js";
import { makeVp8 } from "../../support/make-vp8.js";
import { fingerprints, RecordingSink } from "../../support/recording-sink.js";

const SIZE = { width: 320, height: 240 };
const FRAMES = 20;

it("receives the VP8 that ffmpeg sends", async ({ onTestFinished }) => {
  const units = await makeVp8({ ...SIZE, fps: 30, frames: FRAMES, gop: 10 });
  const socket = createSocket("udp4").bind(0, "127.0.0.1");
  await once(socket, "listening");
  onTestFinished(() => void socket.close());
  const url = `rtp://127.0.0.1:${socket.address().port}?pkt_size=400`;
  const sender = spawn("ffmpeg", ["-v", "error", "-re", "-f", "ivf", "-i", "pipe:0", "-c", "copy", "-f", "rtp", url], {
    stdio: ["pipe", "ignore", "inherit"],
  });
  onTestFinished(() => void sender.kill("SIGKILL"));
  sender.stdin.on("error", () => {});
  sender.stdin.write(ivfHeader({ fourcc: "VP80", ...SIZE }));
  for (const [index, { data }] of units.entries()) {
    sender.stdin.write(ivfFrameHeader(data.length, BigInt(Math.round((index * 1_000_000) / 60))));
    sender.stdin.write(data);
  }
  sender.stdin.end();
  const sink = new RecordingSink();
  const parser = new RtpParser({ sink, codec: "vp8" });
  await new Promise<void>((resolve) => {
    sender.on("close", resolve);
    socket.on("message", (datagram) => {
      parser.push(datagram, performance.now());
      if (sink.units.length === FRAMES) resolve();
    });
  });
  expect(sink.units.length).toBeGreaterThan(FRAMES / 2);
  expect(sink.data).toEqual(fingerprints(units).slice(0, sink.units.length));
  expect(sink.units.map(({ keyframe }) => keyframe)).toEqual(
    units.slice(0, sink.units.length).map(({ keyframe }) => keyframe),
  );
  expect([sink.lostCount, sink.discardedBytes, parser.misfires]).toEqual([0, 0, 0]);
});
