import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { fingerprints } from "../../support/recording-sink.js";
import { count, play, serve } from "./rtsp-stage.js";

const SDP = [
  ...["v=0", "o=- 0 0 IN IP4 127.0.0.1", "s=-", "c=IN IP4 127.0.0.1", "t=0 0"],
  ...["m=video 0 RTP/AVP 97", "a=rtpmap:97 VP8/90000", "a=control:track", ""],
].join("\r\n");
const IVF = { headerBytes: 32, frameHeaderBytes: 12 };

async function vp8Pictures(frames: number): Promise<Buffer[]> {
  const picture = ["-v", "error", "-f", "lavfi", "-i", "testsrc2=size=320x240:rate=30", "-frames:v", String(frames)];
  const encoder = ["-c:v", "libvpx", "-deadline", "realtime", "-lag-in-frames", "0", "-auto-alt-ref", "0"];
  const { stdout } = await promisify(execFile)("ffmpeg", [...picture, ...encoder, "-f", "ivf", "pipe:1"], {
    encoding: "buffer",
  });
  const pictures: Buffer[] = [];
  for (let at = IVF.headerBytes; at < stdout.length; at += IVF.frameHeaderBytes + stdout.readUInt32LE(at)) {
    pictures.push(stdout.subarray(at + IVF.frameHeaderBytes, at + IVF.frameHeaderBytes + stdout.readUInt32LE(at)));
  }
  return pictures;
}

/** As RFC 7741 packs VP8: a descriptor of one byte, which marks the first packet of a picture. */
function* vp8Packets(pictures: readonly Buffer[]): Generator<Buffer> {
  let sequence = 0;
  for (const [index, picture] of pictures.entries()) {
    for (let at = 0; at < picture.length; at += 1_000) {
      const header = Buffer.alloc(13);
      header.writeUInt8(0x80, 0);
      header.writeUInt8((at + 1_000 >= picture.length ? 0x80 : 0) | 97, 1);
      header.writeUInt16BE(sequence++, 2);
      header.writeUInt32BE(90_000 + index * 3_000, 4);
      header.writeUInt32BE(7, 8);
      header.writeUInt8(at === 0 ? 0x10 : 0, 12);
      yield Buffer.concat([header, picture.subarray(at, at + 1_000)]);
    }
  }
}

it("video of another format comes through ffmpeg, which takes over by itself", async () => {
  const pictures = await vp8Pictures(30);
  const server = await serve({ sdp: SDP });
  server.onPlay = (client) => {
    for (const packet of vp8Packets(pictures)) client.sendRtp(packet);
  };
  const run = await play(`${server.url}?transport=tcp`, count(20));
  expect(run.error).toBeUndefined();
  expect(run.units[0]).toMatchObject({ codec: "vp8", keyframe: true });
  expect(fingerprints(run.units)).toEqual(
    fingerprints(run.units.map((unit, index) => ({ ...unit, data: pictures[index] as Buffer }))),
  );
  expect(run.connected).toMatchObject([{ description: expect.stringContaining("by ffmpeg") }]);
});
