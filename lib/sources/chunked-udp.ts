import type { Socket } from "node:dgram";
import type { LookupAddress } from "node:dns";
import {
  CHUNKED_UDP_PORT,
  type Payload,
  registerMessage,
  TOKEN_PATTERN,
  TOKEN_RULE,
} from "../chunked-udp/client-message.js";
import { describeSocketError } from "../describe-socket-error.js";
import { StreamError } from "../errors.js";
import { lookUpAddresses } from "../look-up-host.js";
import { noteReceiveBuffer } from "../receive-buffer.js";
import { formatStreamUrl, readParameters, type StreamUrl } from "../stream-url.js";
import { closeUdpSockets, openUdpSocket } from "../udp-socket.js";
import { runChunkedUdpSession } from "./chunked-udp-session.js";
import type { Source, SourceContext } from "./source.js";

const PARAMETERS = {
  token: { kind: "text" },
  payload: { kind: "word", words: ["jpeg", "pickle"] },
} as const;

/**
 * `chunked-udp://host:9999` registers with a server and receives its JPEGs, cut into datagrams, on the same socket, so
 * that it works behind a NAT. `?token=` is what the server may want to see; `?payload=jpeg|pickle` is what it is asked
 * for, by default JPEG, and where it does not answer, alternately what servers know that know nothing of payloads.
 * Both are read, whichever comes.
 * @throws StreamError `invalid-url`
 */
export function openChunkedUdpSource(url: StreamUrl, context: SourceContext): Source {
  const { token, payload } = readParameters(url, PARAMETERS);
  const port = url.port ?? CHUNKED_UDP_PORT;
  if (url.host === "" || port === 0) {
    const example = formatStreamUrl("chunked-udp", "host", CHUNKED_UDP_PORT);
    throw new StreamError("invalid-url", `${url.text}: names no ${port === 0 ? "port" : "host"}; ${example}`);
  }
  if (token !== undefined && !TOKEN_PATTERN.test(token)) {
    throw new StreamError("invalid-url", `${url.text}: the token is not allowed; it must be ${TOKEN_RULE}`);
  }
  const payloads: Payload[] = payload === undefined ? ["jpeg", "pickle"] : [payload];
  const requests = payloads.map((wanted) => registerMessage(wanted, token));
  const address = formatStreamUrl("chunked-udp", url.host, port);
  const advice = token === undefined ? "is it running, and does it want a token?" : "is it running, with this token?";
  let bufferTold = false;
  // Of a name with addresses of both kinds, the server may listen at one only: each try that fails leads to the next.
  let failures = 0;
  return {
    retryCeilingMs: 100,
    async run(sink, signal) {
      const impatience = new AbortController();
      const timer = context.clock.after(context.connectTimeoutMs, () => {
        const message = `${address}: no answer within ${context.connectTimeoutMs} ms; ${advice}`;
        impatience.abort(new StreamError("connect-failed", message));
      });
      const ended = AbortSignal.any([signal, impatience.signal]);
      let answered = false;
      const onAnswer = (): void => {
        answered = true;
        timer.cancel();
      };
      let socket: Socket | undefined;
      try {
        const servers = await lookUpAddresses(url.host, ended);
        socket = await openConnected(servers[failures % servers.length] as LookupAddress, port);
        noteReceiveBuffer(socket, context.logger, bufferTold ? "debug" : "warn");
        bufferTold = true;
        await runChunkedUdpSession(socket, { requests, sink, context, signal: ended, onAnswer });
      } catch (error) {
        if (signal.aborted) return;
        if (!answered) failures++;
        throw toStreamError(error, { address, answered });
      } finally {
        timer.cancel();
        if (socket) await closeUdpSockets([socket]);
      }
    },
  };
}

/** Connected, so that only the server is heard, and that a port where nobody listens is an error. */
async function openConnected({ address, family }: LookupAddress, port: number): Promise<Socket> {
  const place = family === 6 ? ({ address: "::", family: 6 } as const) : ({ address: "0.0.0.0", family: 4 } as const);
  const socket = await openUdpSocket({ ...place, port: 0 });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.connect(port, address, (error?: Error) => (error ? reject(error) : resolve()));
    });
    return socket;
  } catch (error) {
    await closeUdpSockets([socket]);
    throw error;
  }
}

function toStreamError(error: unknown, { address, answered }: { address: string; answered: boolean }): StreamError {
  if (error instanceof StreamError) return error;
  const message = `${address}: ${describeSocketError(error as NodeJS.ErrnoException)}`;
  return new StreamError(answered ? "connection-lost" : "connect-failed", message, { cause: error });
}
