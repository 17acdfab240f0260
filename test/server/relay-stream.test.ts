import { describe, expect, it } from "vitest";
import type { AccessUnit } from "../../lib/codecs/access-unit.js";
import { splitNalUnits } from "../../lib/codecs/annexb.js";
import { NAL, nalType } from "../../lib/codecs/h264.js";
import { Receiver } from "../../lib/receiver.js";
import { relayStream } from "../../server/relay-stream.js";
import { type StreamState, StreamStatus } from "../../server/stream-status.js";
import { numbered, ScriptedSender } from "../support/scripted-sender.js";

/** Resolves once that many units are there. */
function collector() {
  const units: AccessUnit[] = [];
  let look = (): void => {};
  const unit = (unit: AccessUnit): void => {
    units.push(unit);
    look();
  };
  const until = (count: number): Promise<void> =>
    new Promise((resolve) => {
      look = () => units.length >= count && resolve();
      look();
    });
  return { units, unit, until };
}

describe("relayStream", () => {
  it("passes units on with their stamps, in order of time, and tells when they stop and come back", async () => {
    const sender = new ScriptedSender();
    const { url, port } = await sender.listen();
    const pictures = await numbered({ frames: 12, gop: 4 });
    const receiver = new Receiver(url, { decode: false });
    const status = new StreamStatus(() => receiver.url);
    const states: StreamState[] = [];
    status.on("change", (state) => states.push(state));
    const { units, unit, until } = collector();
    const ended = relayStream(receiver, { status, unit });

    await sender.send(pictures.slice(0, 6));
    await until(6);
    expect(units.map(({ keyframe }) => keyframe)).toEqual([true, false, false, false, true, false]);
    expect(units.map(({ stamp }) => stamp?.sequence)).toEqual([0, 1, 2, 3, 4, 5]);
    const times = units.map(({ mediaTimeMs }) => mediaTimeMs as number);
    expect(times.every((time, index) => index === 0 || time >= (times[index - 1] as number))).toBe(true);
    expect(states).toEqual([{ name: "live" }]);

    await sender.stop();
    const again = new ScriptedSender();
    await again.listen(port);
    await again.send(pictures.slice(8));
    await until(7);
    expect(states[1]).toMatchObject({ name: "lost", retries: 1, reason: expect.stringContaining(url) });
    expect(states.at(-1)).toEqual({ name: "live" });
    expect(units[6]?.keyframe).toBe(true);

    await receiver.close();
    await ended;
  });

  it("gives keyframes the parameter sets that came only once", async () => {
    const sender = new ScriptedSender();
    const { url } = await sender.listen();
    const pictures = await numbered({ frames: 6, gop: 3 });
    const bare = pictures.map((picture, index) => (index === 3 ? withoutSets(picture) : picture));
    await using receiver = new Receiver(url, { decode: false });
    const { units, unit, until } = collector();
    void relayStream(receiver, { status: new StreamStatus(() => ""), unit });
    await sender.send(bare);
    await until(6);
    const types = splitNalUnits(units[3]?.data ?? Buffer.alloc(0)).map(nalType);
    expect(types).toEqual(expect.arrayContaining([NAL.SPS, NAL.PPS]));
  });

  it("fails as the receiver does", async () => {
    const receiver = new Receiver("tcp://127.0.0.1:1", { decode: false, retry: { limit: 0 } });
    const status = new StreamStatus(() => "");
    await expect(relayStream(receiver, { status, unit: () => {} })).rejects.toMatchObject({ code: "connect-failed" });
    expect(status.state).toMatchObject({ name: "lost", reason: expect.stringContaining("127.0.0.1:1") });
  });
});

function withoutSets(unit: AccessUnit): AccessUnit {
  const nals = splitNalUnits(unit.data).filter((nal) => ![NAL.SPS, NAL.PPS].includes(nalType(nal) as 7));
  return { ...unit, data: Buffer.concat(nals.flatMap((nal) => [Buffer.from([0, 0, 0, 1]), nal])) };
}
