import { joinNalUnits } from "../../../lib/codecs/annexb.js";
import { TsDemuxer } from "../../../lib/mpegts/demuxer.js";
import { RecordingSink } from "../../support/recording-sink.js";
import { NALS } from "../rtp/make-packet.js";
import {
  type MakePacketOptions,
  makePacket,
  makePackets,
  makeSection,
  makeSectionPacket,
  patBody,
  pmtBody,
} from "./make-packet.js";

export const PMT = 0x1000;
export const VIDEO = 0x100;
export const H264 = 0x1b;
export const H265 = 0x24;
export const AUDIO = 0x0f;
export const PAT_PACKET = makeSectionPacket(
  0,
  makeSection(0, patBody({ program: 0, pid: 0x10 }, { program: 5, pid: PMT })),
);
const pmtPacket = (...streams: { type: number; pid: number }[]) =>
  makeSectionPacket(PMT, makeSection(2, pmtBody(...streams)));
const NULL_PACKET = makePacket({ pid: 0x1fff, payload: Buffer.alloc(184) });

/** A slice of about `bytes` bytes that is told apart by `tag`, which lies between 1 and 127. */
const slice = (tag: number, bytes = 500) => Buffer.concat([NALS.slice(tag), Buffer.alloc(bytes, 0x80 | tag)]);
/** The access unit that comes of it. */
export const unitData = (tag: number, bytes = 500) => joinNalUnits([slice(tag, bytes)]);
/** It as it goes into a PES packet, behind a delimiter. */
export const payload = (tag: number, bytes = 500) => joinNalUnits([NALS.delimiter(), slice(tag, bytes)]);

/** A demuxer that knows of its stream, and ways to give it packets that are counted on. */
export function setUp({ type = H264, maxUnitBytes = 100_000 } = {}) {
  const sink = new RecordingSink();
  const demuxer = new TsDemuxer({ sink, maxUnitBytes });
  let continuity = 3;
  const push = (packet: Buffer, nowMs = 0) => demuxer.push(packet, nowMs);
  const pushVideo = (options: Omit<MakePacketOptions, "pid">, nowMs = 0) => {
    if (options.payload) continuity++;
    push(makePacket({ pid: VIDEO, continuity, ...options }), nowMs);
  };
  /** Leaves out the packets whose index is in `without`. */
  const pushPes = (pes: Buffer, without: readonly number[] = [], nowMs = 0) => {
    const packets = makePackets(VIDEO, pes, continuity + 1);
    continuity += packets.length;
    for (const [index, packet] of packets.entries()) if (!without.includes(index)) push(packet, nowMs);
  };
  // Enough packets to be believed a stream.
  for (const packet of [PAT_PACKET, pmtPacket({ type: AUDIO, pid: 0x99 }, { type, pid: VIDEO }), NULL_PACKET])
    push(packet);
  const units = () => sink.units.map((unit) => unit.data);
  const skip = (count: number) => {
    continuity += count;
  };
  return { sink, demuxer, push, pushVideo, pushPes, units, skip };
}
