import { afterAll, expect, it, vi } from "vitest";
import type { AccessUnit } from "../../lib/codecs/access-unit.js";
import { Receiver } from "../../lib/index.js";
import { Sender } from "../../server/index.js";
import { hashUnits } from "../support/frame-hashes.js";
import { GST_RTSP_SERVER, startGstRtspServer } from "../support/gst-rtsp-server.js";
import { makeStream } from "../support/make-stream.js";
import { peerFolder } from "../support/peer-folder.js";
import { PICTURE } from "../support/peer-pictures.js";
import { describePeers, type Finished } from "../support/peer-program.js";
import { makeTape, type Tape } from "../support/peer-tape.js";
import type { RtpFaultShares } from "../support/rtp-faults.js";
import { RtspProxy } from "../support/rtsp-proxy.js";
import { TapeCamera } from "../support/tape-camera.js";
import { unitsOf } from "../support/units-of.js";

const { fps, gop } = PICTURE;
/** Each picture is many packets. */
const STREAM = { codec: "h264", width: 640, height: 480, fps, gop, frames: 300 } as const;
/** What is enough of each. */
const REORDERED = 40;
const LOST = 5;
const PATIENCE = { timeout: 60_000, interval: 20 };

const folder = await peerFolder(afterAll);
let made: Promise<Tape> | undefined;

/** The one tape of all tests. */
function madeTape(): Promise<Tape> {
  made ??= makeTape(folder, STREAM);
  return made;
}

/** Servers of that stream; they give their port. */
const SERVERS = {
  "gst-rtsp-server": async ({ rawPath }: Tape, finished: Finished) =>
    (await startGstRtspServer(["h264", "--play", rawPath], finished)).port,
  "a Sender": async (_tape: Tape, finished: Finished) => {
    const camera = new TapeCamera(unitsOf(await makeStream(STREAM), "h264"), fps);
    const sender = new Sender({ camera, outputs: ["rtsp://127.0.0.1:0/stream"] });
    finished(() => sender.close());
    await sender.ready;
    return Number(new URL(sender.outputs[0]?.url as string).port);
  },
} as const;
const NAMES = ["gst-rtsp-server", "a Sender"] as const;

/** Receives through such a network. Pictures are decoded afterwards, so that the network's faults are the only ones. */
async function receive(name: keyof typeof SERVERS, shares: RtpFaultShares, finished: Finished) {
  const tape = await madeTape();
  const proxy = await RtspProxy.start(await SERVERS[name](tape, finished), finished, shares);
  const url = `rtsp://127.0.0.1:${proxy.port}/stream?transport=udp`;
  const receiver = new Receiver(url, { decode: false, stallTimeoutMs: 20_000 });
  finished(() => receiver.close());
  const units: AccessUnit[] = [];
  const collected = (async () => {
    for await (const unit of receiver.accessUnits()) units.push(unit);
  })();
  /** The place on the tape of every picture that came; -1 for one that is not there, which is a bad one. */
  const numbers = async (): Promise<number[]> => {
    await receiver.close();
    await collected;
    return (await hashUnits(units)).map((hash) => tape.hashes.indexOf(hash));
  };
  return { receiver, units, counts: proxy.faults.counts, numbers };
}

/** Where pictures are missing: how many, and the number of the one behind them. */
function gaps(numbers: readonly number[]): { missing: number; next: number }[] {
  return numbers.slice(1).flatMap((next, index) => {
    const missing = (next - (numbers[index] as number) - 1 + STREAM.frames) % STREAM.frames;
    return missing === 0 ? [] : [{ missing, next }];
  });
}

describePeers("RTP by RTSP over a bad network", ["ffmpeg", ...GST_RTSP_SERVER], () => {
  it.for(NAMES)("%s, 3 packets in 100 out of order: no bad picture", async (name, { onTestFinished }) => {
    const shares = { reordered: 0.03, duplicated: 0.003 };
    const { units, counts, numbers } = await receive(name, shares, onTestFinished);
    await vi.waitUntil(() => counts.reordered >= REORDERED && units.length > fps, PATIENCE);
    const seen = await numbers();
    expect(seen).toHaveLength(units.length);
    expect(seen).not.toContain(-1);
    // A machine that is busy may lose a packet now and then, of its own.
    expect(gaps(seen).length).toBeLessThan(REORDERED / 8);
  });

  it.for(NAMES)("%s, 3 packets in 1000 lost: no torn picture, on at a keyframe", async (name, { onTestFinished }) => {
    const { receiver, units, counts, numbers } = await receive(name, { lost: 0.003 }, onTestFinished);
    await vi.waitUntil(() => counts.lost >= LOST && receiver.stats().lost > 0, PATIENCE);
    const end = units.length + gop;
    await vi.waitUntil(() => units.length >= end, PATIENCE);
    const seen = await numbers();
    expect(seen).not.toContain(-1);
    const found = gaps(seen);
    expect(found.length).toBeGreaterThan(0);
    expect(found.filter(({ next }) => next % gop !== 0)).toEqual([]);
    // Where a keyframe is hit, the one behind it is awaited.
    expect(found.filter(({ missing }) => missing >= 2 * gop).length).toBeLessThanOrEqual(found.length / 4);
  });
});
