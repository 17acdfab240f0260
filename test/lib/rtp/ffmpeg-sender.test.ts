import { spawn } from "node:child_process";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import type { NalCodecName } from "../../../lib/codecs/nal-codec.js";
import { RtpParser } from "../../../lib/rtp/rtp-parser.js";
import { makeStream } from "../../support/make-stream.js";
import { fingerprints, RecordingSink } from "../../support/recording-sink.js";
import { SMALL, streamUnits } from "./stream-units.js";

const ENOUGH_UNITS = 25;
let socket: Socket;

afterEach(() => socket.close());

/** The units of `stream` as they come from ffmpeg over UDP, until there are enough or ffmpeg ends. */
async function receive(codec: NalCodecName, format: string): Promise<{ sink: RecordingSink; parser: RtpParser }> {
  socket = createSocket("udp4").bind(0, "127.0.0.1");
  await once(socket, "listening");
  const input = await makeStream({ ...SMALL, codec, aud: true });
  const url = `rtp://127.0.0.1:${socket.address().port}?pkt_size=1200`;
  const source = ["-re", "-f", codec === "h264" ? "h264" : "hevc", "-framerate", "60", "-i", "pipe:0"];
  const sender = spawn("ffmpeg", ["-v", "error", ...source, "-c", "copy", "-f", format, url], {
    stdio: ["pipe", "ignore", "inherit"],
  });
  sender.stdin.on("error", () => {});
  sender.stdin.end(input);
  const sink = new RecordingSink();
  const parser = new RtpParser({ sink });
  await new Promise<void>((resolve) => {
    sender.on("close", resolve);
    socket.on("message", (datagram) => {
      parser.push(datagram, performance.now());
      if (sink.units.length >= ENOUGH_UNITS) resolve();
    });
  });
  sender.kill("SIGKILL");
  return { sink, parser };
}

describe.each<NalCodecName>(["h264", "h265"])("RtpParser with ffmpeg sending %s", (codec) => {
  it.each(["rtp", "rtp_mpegts"])("receives what was encoded, over -f %s", async (format) => {
    const sent = fingerprints(await streamUnits({ ...SMALL, codec, aud: true }));
    const { sink, parser } = await receive(codec, format);
    expect(sink.units.length).toBeGreaterThanOrEqual(ENOUGH_UNITS);
    expect(sink.data).toEqual(sent.slice(0, sink.units.length));
    expect(sink.units[0]?.codec).toBe(codec);
    expect([sink.lostCount, sink.discardedBytes, parser.misfires]).toEqual([0, 0, 0]);
  });
});
