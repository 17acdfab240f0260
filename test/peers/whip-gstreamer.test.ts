import { expect, it, onTestFinished } from "vitest";
import { expectForward, GatewayFrames } from "../support/gateway-frames.js";
import { describePeers, type Finished, gstreamerElement } from "../support/peer-program.js";
import { TAPE_LENGTH } from "../support/peer-sender.js";
import { sharedTapes } from "../support/peer-tape.js";
import { COMPILER, startWhipClient, WHIP_CLIENT } from "../support/whip-client.js";

const ELEMENTS = ["webrtcbin", "dtlsenc", "srtpenc", "x264enc", "vp8enc", "opusenc", "avdec_h264"];
const H264 =
  "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=30 ! rtph264pay config-interval=-1 pt=96 ssrc=2" +
  " ! queue ! application/x-rtp,media=video,encoding-name=H264,payload=96";
const VP8 =
  "vp8enc deadline=1 keyframe-max-dist=30 ! rtpvp8pay pt=96 ssrc=2" +
  " ! queue ! application/x-rtp,media=video,encoding-name=VP8,payload=96";
const SOUND =
  "audiotestsrc is-live=true ! opusenc ! rtpopuspay pt=100 ssrc=1" +
  " ! queue ! application/x-rtp,media=audio,encoding-name=OPUS,payload=100";

const NEEDS = ["ffmpeg", WHIP_CLIENT, COMPILER, ...ELEMENTS.map(gstreamerElement)];

describePeers("GStreamer's WHIP client pushes into a gateway", NEEDS, async () => {
  const tapes = await sharedTapes();

  /** Plays numbered pictures once, coded anew. */
  async function push({ origin }: GatewayFrames, coding: string, more: readonly string[], finished: Finished) {
    const { path } = await tapes("h264");
    const source = `filesrc location=${path} ! matroskademux ! h264parse ! avdec_h264 ! identity sync=true`;
    const video = `${source} ! videoconvert ! ${coding}`;
    return startWhipClient(["-u", `${origin}/whip/left`, "-V", video, ...more], finished);
  }

  it.each([
    ["H.264", "h264", H264, []],
    ["VP8", "vp8", VP8, []],
    ["H.264 beside sound, which is not taken", "h264", H264, ["-A", SOUND]],
    ["H.264, with all its addresses at once", "h264", H264, ["-n"]],
  ])("%s, each picture in turn", async (_what, codec, coding, more) => {
    const finished: Finished = onTestFinished;
    const frames = await GatewayFrames.start(finished);
    await push(frames, coding, more, finished);
    expectForward(await frames.next("left", 60), TAPE_LENGTH);
    expect(frames.gateway.stats().cameras.left?.receiver.codec).toBe(codec);
  });

  it("with the token, which it needs", async ({ onTestFinished: finished }) => {
    const frames = await GatewayFrames.start(finished, { token: "open-sesame" });
    const refused = await push(frames, H264, ["-t", "sesame"], finished);
    await refused.exited;
    expect(frames.gateway.cameras.size).toBe(0);
    await push(frames, H264, ["-t", "open-sesame"], finished);
    await frames.next("left", 10);
  });
});
