import type { AccessUnit } from "../../../lib/codecs/access-unit.js";
import { AnnexBAssembler } from "../../../lib/codecs/annexb-assembler.js";
import { insertStamp } from "../../../lib/codecs/frame-stamp.js";
import { type MakeStreamOptions, makeStream } from "../../support/make-stream.js";
import { RecordingSink } from "../../support/recording-sink.js";

/** A small stream of several packets a picture, keyframes among them. */
export const SMALL = { width: 320, height: 240, fps: 30, frames: 30, gop: 10 };

/** The access units of a stream that ffmpeg encodes. */
export async function streamUnits(options: MakeStreamOptions): Promise<AccessUnit[]> {
  const sink = new RecordingSink();
  const assembler = new AnnexBAssembler({ sink, codec: options.codec });
  assembler.push(await makeStream(options), 0);
  assembler.flush(0);
  return sink.units;
}

/** The same units, numbered by their frame stamps. */
export function stampedUnits(units: readonly AccessUnit[]): AccessUnit[] {
  return units.map((unit, sequence) => ({ ...unit, data: insertStamp(unit, { sequence, capturedAtUs: 1n }) }));
}

/** Turns one bit of the last byte but one over, in place: the picture keeps its length. */
export function flipBit(bytes: Buffer): void {
  bytes[bytes.length - 2] = (bytes.at(-2) as number) ^ 0x10;
}
