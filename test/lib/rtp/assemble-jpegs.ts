import { JpegAssembler, type JpegAssemblerOptions } from "../../../lib/rtp/jpeg-assembler.js";
import { RecordingSink } from "../../support/recording-sink.js";
import { type MakeJpegPayloadOptions, makeJpegPayload, segmentsOf } from "./make-jpeg-payload.js";

/** One packet. */
export type JpegStep = MakeJpegPayloadOptions & { timestamp?: number; marker?: boolean; atMs?: number };

/** An assembler, and a way to give it packets in order; they are a whole picture each unless they say otherwise. */
export function assembleJpegs(options: Partial<JpegAssemblerOptions> = {}) {
  const sink = new RecordingSink();
  const assembler = new JpegAssembler({ sink, clockRate: 90_000, maxUnitBytes: 100_000, ...options });
  const payload = (bytes: Buffer, { timestamp = 0, marker = true, atMs = 0 }: JpegStep = {}) => {
    assembler.packet({ payloadType: 26, marker, sequence: 0, timestamp, ssrc: 1, payload: bytes }, atMs);
  };
  const push = (step: JpegStep) => payload(makeJpegPayload(step), step);
  /** The first bytes of the coded data, which tell the pictures apart. */
  const tags = () => sink.units.map(({ data }) => Number.parseInt(segmentsOf(data).scan?.[0]?.slice(0, 2) ?? "", 16));
  const only = () => segmentsOf(sink.units[0]?.data as Buffer);
  return { sink, assembler, payload, push, tags, only };
}
