import type { Output } from "../../server/outputs/output.js";
import type { Signalling } from "../../server/outputs/signalling.js";
import { StreamSignalling } from "../../server/outputs/stream-signalling.js";
import { WebrtcOutput } from "../../server/outputs/webrtc.js";

/** An output that pushes to a gateway by WebRTC, and offers to send nothing again. */
export function withoutNack(url: string, cameraId: string): Output {
  return new WebrtcOutput({
    url,
    signalling: async (owner): Promise<Signalling> => {
      const signalling = new StreamSignalling({ url, cameraId, token: undefined, insecure: false }, owner);
      const offer = signalling.offer.bind(signalling);
      signalling.offer = (sdp) => offer(sdp.replace(/a=rtcp-fb:\S+ nack\r\n/g, ""));
      return signalling;
    },
  });
}
