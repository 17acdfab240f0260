import type { LiveTransport } from "../../server/web/live-protocol.js";
import { MjpegPlayer } from "./mjpeg-player.js";
import type { OpenPlayer } from "./player.js";
import { WebsocketPlayer } from "./websocket-player.js";
import { WhepPlayer } from "./whep-player.js";

/** What shows a camera by each transport. */
export const OPEN_PLAYER: Record<LiveTransport, OpenPlayer> = {
  websocket: (options) => new WebsocketPlayer(options),
  whep: (options) => new WhepPlayer(options),
  mjpeg: (options) => new MjpegPlayer(options),
};
