import { StreamError } from "../errors.js";
import { parseStreamUrl } from "../stream-url.js";
import { openChunkedUdpSource } from "./chunked-udp.js";
import { openFfmpegSource } from "./ffmpeg.js";
import { openHttpSource } from "./http.js";
import { openMjpegTcpSource } from "./mjpeg-tcp.js";
import { openRtspSource } from "./rtsp.js";
import { openRtspListenSource } from "./rtsp-listen.js";
import type { NamedSource, Source, SourceContext } from "./source.js";
import { openTcpSource } from "./tcp.js";
import { openUdpSource } from "./udp.js";

/** Schemes that ffmpeg would take for something else, or that only a sender can serve. */
const NOT_FOR_FFMPEG = /^(javascript|data|mailto|about|blob|ws|wss):/i;

/** The parameter by which an RTSP URL waits for a publisher. */
const LISTENS = /[?&]listen(?:=1?)?(?:&|$)/;

/**
 * The one place where a URL becomes a source. What is not ours goes to ffmpeg: `srt://`, `rtmp://`, a file's path, a
 * device. A source that was made elsewhere is taken as it is.
 * @throws StreamError `invalid-url`, `unsupported`
 */
export function openSource(url: string | NamedSource, context: SourceContext): Source {
  if (typeof url === "object" && typeof url?.run === "function") return url;
  if (typeof url !== "string") throw new StreamError("invalid-url", `the URL is ${typeof url}; it must be a string`);
  const text = url.trim();
  if (text === "")
    throw new StreamError("invalid-url", 'the URL is empty; give one such as "tcp://192.168.1.100:8000"');
  if (text.includes("\0"))
    throw new StreamError("invalid-url", `${JSON.stringify(text)}: a URL holds no NUL character`);
  if (/^mjpeg-tcp:\/\//i.test(text)) return openMjpegTcpSource(parseStreamUrl(text), context);
  // VLC and ffmpeg write a local port as udp://@:5000 and a group as udp://@239.1.1.1:5000.
  if (/^tcp:\/\//i.test(text)) return openTcpSource(parseStreamUrl(text), context);
  if (/^udp:\/\//i.test(text)) return openUdpSource(parseStreamUrl(text.replace(/^udp:\/\/@/i, "udp://")), context);
  if (/^chunked-udp:\/\//i.test(text)) return openChunkedUdpSource(parseStreamUrl(text), context);
  if (/^rtsps?:\/\//i.test(text)) {
    return LISTENS.test(text) ? openRtspListenSource(text, context) : openRtspSource(text, context);
  }
  if (/^https?:\/\//i.test(text)) return openHttpSource(text, context);
  if (NOT_FOR_FFMPEG.test(text)) {
    throw new StreamError(
      "unsupported",
      `${text}: no stream comes by this; try tcp://, udp://, rtsp://, http://, srt://, a file or a device`,
    );
  }
  return openFfmpegSource(text, context);
}
