import { Authenticator } from "../auth/authenticator.js";
import { StreamError } from "../errors.js";
import { isOwnAddress } from "../network-interfaces.js";
import { parseRtspUrl } from "../rtsp/rtsp-url.js";
import { acquireRtspServer } from "../rtsp/server-registry.js";
import { readParameters } from "../stream-url.js";
import { PublishedPath } from "./published-path.js";
import type { Source, SourceContext } from "./source.js";

const PORT = 8554;
const PARAMETERS = { listen: { kind: "flag" } } as const;

/**
 * `rtsp://[user:password@][address]:8554/cam?listen=1` waits for somebody who publishes there by RTSP (ANNOUNCE and
 * RECORD). A second one is turned away unless the first has fallen silent. Several of them share a port.
 * @throws StreamError `invalid-url`
 */
export function openRtspListenSource(text: string, context: SourceContext): Source {
  const { scheme, host, port = PORT, path, parameters, credentials } = parseRtspUrl(text);
  const query = new URLSearchParams(parameters.join("&"));
  readParameters({ text, scheme, host, port, query }, PARAMETERS);
  if (scheme === "rtsps") throw new StreamError("invalid-url", `${text}: listen=1 is for rtsp://, without TLS`);
  const { clock, logger } = context;
  const authenticator = credentials && new Authenticator(credentials, clock);
  return {
    retryCeilingMs: 100,
    async run(sink, signal) {
      const lease = await acquireRtspServer({ host, port, clock, logger }, signal).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
      if (!lease) return;
      const published = new PublishedPath({
        ...{ path: path.replace(/\/+$/, ""), authenticator, sink, context },
        onPublisher: ({ remoteAddress, name }) =>
          sink.connected({ sameClock: isOwnAddress(remoteAddress), description: `rtsp publisher ${name}` }),
      });
      try {
        lease.server.add(published);
        await published.ended(signal);
      } finally {
        lease.server.remove(published);
        await lease.release();
      }
    },
  };
}
