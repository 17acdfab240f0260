import { StreamError } from "../../lib/errors.js";
import { loadNativeWebrtc, type NativeWebrtc } from "../../lib/webrtc/native-webrtc.js";
import { HttpError } from "../web/http-error.js";

/** The WebRTC library. @throws HttpError 501 where the machine lacks it */
export async function requireNativeWebrtc(): Promise<NativeWebrtc> {
  try {
    return await loadNativeWebrtc();
  } catch (error) {
    if (error instanceof StreamError) throw new HttpError(501, error.message);
    throw error;
  }
}
