import { describe, expect, it } from "vitest";
import type { NalCodecName } from "../../../lib/codecs/nal-codec.js";
import { TsDemuxer } from "../../../lib/mpegts/demuxer.js";
import { TsMuxer } from "../../../lib/mpegts/muxer.js";
import { makeStream } from "../../support/make-stream.js";
import { fingerprints, RecordingSink } from "../../support/recording-sink.js";
import { flipBit, SMALL, stampedUnits, streamUnits } from "../rtp/stream-units.js";
import { ffmpeg, pictureChecksums } from "./ffmpeg.js";

const ELEMENTARY = { h264: "h264", h265: "hevc" };

async function muxed(codec: NalCodecName): Promise<Buffer[]> {
  const units = await streamUnits({ ...SMALL, codec });
  const muxer = new TsMuxer({ codec });
  return units.map((unit, index) => muxer.mux(unit, (index * 1_000) / 30));
}

describe.each<NalCodecName>(["h264", "h265"])("%s over MPEG-TS", (codec) => {
  it("comes out of the muxer and the demuxer as it was, each picture as soon as its packets are in", async () => {
    const units = await streamUnits({ ...SMALL, codec });
    const sink = new RecordingSink();
    const demuxer = new TsDemuxer({ sink });
    for (const [index, bytes] of (await muxed(codec)).entries()) {
      demuxer.push(bytes, index);
      expect(sink.units).toHaveLength(index + 1);
    }
    expect(sink.data).toEqual(fingerprints(units));
    expect(sink.units.map((unit) => unit.mediaTimeMs)).toEqual(
      units.map((_, index) => expect.closeTo((index * 1_000) / 30, 1)),
    );
    expect([sink.lostCount, sink.discardedBytes, demuxer.misfires, demuxer.pending]).toEqual([0, 0, 0, false]);
  });

  it("counts a stamped picture as lost that has another bit than it had, once, and goes on behind it", async () => {
    const units = stampedUnits(await streamUnits({ ...SMALL, codec }));
    const sink = new RecordingSink();
    const demuxer = new TsDemuxer({ sink });
    const muxer = new TsMuxer({ codec });
    for (const [index, unit] of units.entries()) {
      const bytes = muxer.mux(unit, (index * 1_000) / 30);
      // The payload ends where the last packet does.
      if (index === 4) flipBit(bytes);
      demuxer.push(bytes, index);
    }
    expect(sink.data).toEqual(fingerprints(units.filter((_unit, index) => index !== 4)));
    expect(sink.lostCount).toBe(1);
  });

  it("decodes in ffmpeg to the same pictures as the elementary stream", async () => {
    const stream = await makeStream({ ...SMALL, codec });
    const direct = await pictureChecksums(ELEMENTARY[codec], stream);
    expect(direct).toHaveLength(30);
    expect(await pictureChecksums("mpegts", Buffer.concat(await muxed(codec)))).toEqual(direct);
  });

  it("is read from ffmpeg's muxer", async () => {
    const units = await streamUnits({ ...SMALL, codec, aud: true });
    const input = await makeStream({ ...SMALL, codec, aud: true });
    const bytes = await ffmpeg(["-f", ELEMENTARY[codec], "-i", "pipe:0", "-c", "copy", "-f", "mpegts", "-"], input);
    const sink = new RecordingSink();
    const demuxer = new TsDemuxer({ sink });
    demuxer.push(bytes, 0);
    demuxer.flush();
    expect(sink.data).toEqual(fingerprints(units));
    expect([sink.lostCount, sink.discardedBytes, demuxer.misfires]).toEqual([0, 0, 0]);
  });
});
