import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { fingerprints } from "../../support/recording-sink.js";
import { count, play, serve } from "./rtsp-stage.js";

/** Of every MPEG-4 picture: what stands before its time, and for its kind. @see ISO/IEC 14496-2 6.2.5 */
const PICTURE_START = Buffer.of(0x00, 0x00, 0x01, 0xb6);
/** Of the first, with what a decoder must know. */
const SEQUENCE_START = Buffer.of(0x00, 0x00, 0x01, 0xb0);

/** Pictures of MPEG-4, each with what stands before it. */
async function mpeg4Pictures(frames: number): Promise<Buffer[]> {
  const picture = ["-v", "error", "-f", "lavfi", "-i", "testsrc2=size=320x240:rate=30", "-frames:v", String(frames)];
  const { stdout } = await promisify(execFile)("ffmpeg", [...picture, "-c:v", "mpeg4", "-f", "m4v", "pipe:1"], {
    encoding: "buffer",
  });
  const starts: number[] = [];
  for (let at = stdout.indexOf(PICTURE_START); at >= 0; at = stdout.indexOf(PICTURE_START, at + 1)) starts.push(at);
  // The parameter sets are repeated with each keyframe, and go with the picture behind them.
  const begins = starts.map((start, index) => {
    const sets = stdout.lastIndexOf(SEQUENCE_START, start);
    return index === 0 || sets > (starts[index - 1] as number) ? Math.max(sets, 0) : start;
  });
  return begins.map((begin, index) => stdout.subarray(begin, begins[index + 1]));
}

/** As RFC 6416 packs MPEG-4: cut up anywhere. */
function* mpeg4Packets(pictures: readonly Buffer[]): Generator<Buffer> {
  let sequence = 0;
  for (const [index, picture] of pictures.entries()) {
    for (let at = 0; at < picture.length; at += 1_000) {
      const header = Buffer.alloc(12);
      header.writeUInt8(0x80, 0);
      header.writeUInt8((at + 1_000 >= picture.length ? 0x80 : 0) | 97, 1);
      header.writeUInt16BE(sequence++, 2);
      header.writeUInt32BE(90_000 + index * 3_000, 4);
      header.writeUInt32BE(7, 8);
      yield Buffer.concat([header, picture.subarray(at, at + 1_000)]);
    }
  }
}

it("video of another format comes through ffmpeg, which takes over by itself", async () => {
  const pictures = await mpeg4Pictures(30);
  const config = pictures[0]?.subarray(0, pictures[0].indexOf(PICTURE_START)).toString("hex");
  const server = await serve({
    sdp: [
      ...["v=0", "o=- 0 0 IN IP4 127.0.0.1", "s=-", "c=IN IP4 127.0.0.1", "t=0 0", "m=video 0 RTP/AVP 97"],
      ...["a=rtpmap:97 MP4V-ES/90000", `a=fmtp:97 profile-level-id=1;config=${config}`, "a=control:track", ""],
    ].join("\r\n"),
  });
  server.onPlay = (client) => {
    for (const packet of mpeg4Packets(pictures)) client.sendRtp(packet);
  };
  const run = await play(`${server.url}?transport=tcp`, count(20));
  expect(run.error).toBeUndefined();
  expect(run.units[0]).toMatchObject({ codec: "other", keyframe: true });
  expect(fingerprints(run.units)).toEqual(
    fingerprints(run.units.map((unit, index) => ({ ...unit, data: pictures[index] as Buffer }))),
  );
  expect(run.connected).toMatchObject([{ description: expect.stringContaining("by ffmpeg") }]);
});
