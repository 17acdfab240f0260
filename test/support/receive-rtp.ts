import { createSocket } from "node:dgram";
import { once } from "node:events";
import type { ChildProcess } from "../../lib/child-process.js";
import { RtpParser, type RtpParserOptions } from "../../lib/rtp/rtp-parser.js";
import type { Finished } from "./peer-program.js";
import { RecordingSink } from "./recording-sink.js";

/** A socket on a free port of this machine, and what its parser makes of what comes. */
export interface RtpReceiver {
  port: number;
  sink: RecordingSink;
  parser: RtpParser;
  /** Resolves when there are so many access units; rejects when the sender ends before. */
  units(count: number, sender: ChildProcess): Promise<void>;
}

/** Opens one, which is gone when its test is over. */
export async function receiveRtp(options: Partial<RtpParserOptions>, finished: Finished): Promise<RtpReceiver> {
  const socket = createSocket({ type: "udp4", recvBufferSize: 4 * 1024 * 1024 }).bind(0, "127.0.0.1");
  finished(async () => void socket.close());
  await once(socket, "listening");
  const sink = new RecordingSink();
  const parser = new RtpParser({ sink, ...options });
  socket.on("message", (datagram) => parser.push(datagram, performance.now()));
  const units = async (count: number, sender: ChildProcess): Promise<void> => {
    const enough = new Promise<void>((resolve) => {
      socket.on("message", () => {
        if (sink.units.length >= count) resolve();
      });
    });
    const ended = sender.exited.then((exit) => Promise.reject(sender.failure(exit)));
    await Promise.race([enough, ended]);
  };
  return { port: socket.address().port, sink, parser, units };
}
