import type { CameraDirectory } from "./camera-directory.js";
import { cameraInfo } from "./camera-info.js";
import { jsonDocument, type WebDocument } from "./document-route.js";

/** For whoever watches over the server: 200 while at least one camera is live, else 503 with the reasons. */
export function healthDocument(cameras: CameraDirectory): WebDocument {
  const infos = [...cameras].map(cameraInfo);
  if (infos.some(({ state }) => state === "live")) return jsonDocument({ status: "ok" });
  const reasons = infos.map(({ id, state, reason }) => ({ camera: id, state, reason }));
  return jsonDocument({ status: "no camera is live", cameras: reasons }, 503);
}
