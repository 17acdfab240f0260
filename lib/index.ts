/** Everything that `import … from "glasslink"` offers. */
export { type Clock, systemClock, type Timer } from "./clock.js";
export type { AccessUnit, Codec, FrameStamp } from "./codecs/access-unit.js";
export { StreamError, type StreamErrorCode, type StreamErrorOptions } from "./errors.js";
export { type Ffmpeg, locateFfmpeg } from "./ffmpeg/locate.js";
export { type Frame, type FrameDetails, frameBytes, PIXEL_FORMATS, type PixelFormat } from "./frame.js";
export type { ReadOptions } from "./frame-mailbox.js";
export { type Logger, silentLogger } from "./logger.js";
export { DEFAULTS, type ReceiverOptions } from "./options.js";
export { Receiver } from "./receiver.js";
export type { ReceiverEvents } from "./receiver-events.js";
export type { ReceiverState, RestartReason } from "./receiver-state.js";
export type { ReceiverStats } from "./receiver-stats.js";
export { redact } from "./redact.js";
export type { Percentiles } from "./sample-window.js";
