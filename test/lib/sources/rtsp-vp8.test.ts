import { expect, it } from "vitest";
import { RtpPacketiser } from "../../../lib/rtp/packetiser.js";
import { writeSdp } from "../../../lib/rtp/sdp.js";
import { makeVp8 } from "../../support/make-vp8.js";
import { fingerprints } from "../../support/recording-sink.js";
import { count, play, serve } from "./rtsp-stage.js";

it("VP8 comes as it was sent, without ffmpeg", async () => {
  const units = await makeVp8({ width: 320, height: 240, fps: 30, frames: 20, gop: 10 });
  const server = await serve({ sdp: writeSdp({ codec: "vp8", address: "127.0.0.1", port: 0, control: "track" }) });
  const packetiser = new RtpPacketiser({ codec: "vp8" });
  server.onPlay = (client) => {
    for (const [index, unit] of units.entries()) {
      for (const packet of packetiser.packets(unit, index * 3_000)) client.sendRtp(packet);
    }
  };
  const run = await play(`${server.url}?transport=tcp`, count(20));
  expect(run.error).toBeUndefined();
  expect(fingerprints(run.units)).toEqual(fingerprints(units));
  expect(run.units.map(({ codec, keyframe }) => `${codec} ${keyframe}`)).toEqual(
    units.map(({ codec, keyframe }) => `${codec} ${keyframe}`),
  );
  expect(run.connected).toMatchObject([{ description: expect.not.stringContaining("ffmpeg") }]);
});
