import { describe, expect, it } from "vitest";
import { PICTURE } from "../../support/peer-pictures.js";
import { sendTape, TAPE_LENGTH } from "../../support/peer-sender.js";
import { ReceivedFrames } from "../../support/received-frames.js";
import { RtspProxy } from "../../support/rtsp-proxy.js";

/** What silence is noticed within, and what a busy machine may take beside it. */
const STALL_MS = 1_000;
const BUSY_MS = 8_000;

describe("an RTSP server whose media stop while it goes on answering", () => {
  it.concurrent.for(["?transport=udp", "?transport=tcp", ""])(
    "/stream%s: is noticed, asked again, and received as soon as they are back",
    async (query, { onTestFinished: finished }) => {
      const { port } = await sendTape("rtsp://127.0.0.1:0/stream", "h264", finished);
      const proxy = await RtspProxy.start(port, finished);
      const url = `rtsp://127.0.0.1:${proxy.port}/stream${query}`;
      const frames = new ReceivedFrames(url, finished, { stallTimeoutMs: STALL_MS });
      await frames.given(PICTURE.fps);

      const before = proxy.connections;
      proxy.mediaStopped = true;
      const stoppedAtMs = performance.now();
      await frames.until(() => frames.receiver.state.name === "stalled" || proxy.connections > before);
      expect(performance.now() - stoppedAtMs).toBeLessThan(STALL_MS + BUSY_MS);
      // The new session plays as well, and is as silent.
      await frames.until(() => proxy.connections > before + 1);

      proxy.mediaStopped = false;
      await frames.given(PICTURE.fps);
      expect(frames.receiver.state.name).toBe("streaming");
      frames.expectInOrder(TAPE_LENGTH);
    },
  );
});
