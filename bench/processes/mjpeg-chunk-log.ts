import { Socket } from "node:dgram";
import { isChunk, parseChunk, parseFrameStart } from "../../lib/chunked-udp/server-message.js";
import { readPictureLabel } from "../clip/read-jpeg-clip.js";
import { monotonicMs } from "../monotonic.js";
import type { Written } from "./clip-camera.js";

const MOST_LOGGED = 40_000;

interface Sending {
  frameId: number;
  chunkCount: number;
  counter: number | undefined;
}

/**
 * Notes from now on when this process sends the last chunk of each picture, in front of the call that sends it: the
 * sender spreads a picture's chunks over time, so that a picture is handed over earlier. The result asks for the log.
 */
export function watchChunks(): () => Written[] {
  const log: Written[] = [];
  const underWay = new Map<Socket, Sending>();
  const send = Socket.prototype.send as (this: Socket, ...args: unknown[]) => void;
  const watched = function (this: Socket, ...args: unknown[]): void {
    if (Buffer.isBuffer(args[0])) note(this, args[0]);
    send.apply(this, args);
  };
  const note = (socket: Socket, datagram: Buffer): void => {
    const start = parseFrameStart(datagram);
    if (start) underWay.set(socket, { frameId: start.frameId, chunkCount: start.chunkCount, counter: undefined });
    const frame = underWay.get(socket);
    if (!frame || !isChunk(datagram)) return;
    const chunk = parseChunk(datagram, 4);
    if (chunk?.frameId !== frame.frameId) return;
    if (chunk.index === 0) frame.counter = readPictureLabel(chunk.payload);
    if (chunk.index !== frame.chunkCount - 1 || frame.counter === undefined) return;
    if (log.length < MOST_LOGGED) log.push([frame.counter, monotonicMs()]);
  };
  Socket.prototype.send = watched as typeof Socket.prototype.send;
  return () => log;
}
