import type { CameraInfo, LiveTransport } from "../../server/web/live-protocol.js";
import { canWatchTracks } from "./track-pictures.js";

/** Those of a camera's transports that this browser can show on this page, the best first. */
export async function usableTransports({ transports, codecString }: CameraInfo): Promise<LiveTransport[]> {
  const usable = await Promise.all(transports.map((transport) => CHECKS[transport](codecString)));
  return transports.filter((_, index) => usable[index]);
}

const CHECKS: Record<LiveTransport, (codecString: string | null) => boolean | Promise<boolean>> = {
  websocket: async (codec) => {
    // The type says that it is always there; on a page that is no secure context it is not.
    if (codec === null || !isSecureContext || !("VideoDecoder" in globalThis)) return false;
    // A codec that the browser cannot even read is an error to it.
    const answer = await VideoDecoder.isConfigSupported({ codec, optimizeForLatency: true }).catch(() => undefined);
    return answer?.supported === true;
  },
  whep: () => "RTCPeerConnection" in globalThis && canWatchTracks(),
  mjpeg: () => true,
};
