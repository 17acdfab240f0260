import { randomUUID } from "node:crypto";
import { connect, createServer, type OnReadOpts, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StreamError } from "../errors.js";

/** The two ends of one local connection. */
export interface SocketPair {
  /** Ours; it reads into the buffers of `onread`. */
  near: Socket;
  /** For a child as its stdout; destroy it here once the child runs. */
  far: Socket;
}

/** Without a free file descriptor the connection would never be accepted. */
const PATIENCE_MS = 2_000;

/**
 * Opens a local connection with itself whose near end reads straight into buffers of ours. A child's ordinary stdout
 * allocates 64 KiB a read and must be copied from, which doubles the cost of a frame.
 * @throws StreamError `process-failed`
 */
export function openSocketPair(onread: OnReadOpts): Promise<SocketPair> {
  const name = `glasslink-${process.pid}-${randomUUID()}`;
  // Linux has names outside the file system, which leave nothing behind; elsewhere closing the server removes the file.
  const path = process.platform === "linux" ? `\0${name}` : join(tmpdir(), `${name}.sock`);
  return new Promise((resolve, reject) => {
    let near: Socket | undefined;
    const server = createServer({ pauseOnConnect: true });
    const fail = (cause?: Error): void => {
      clearTimeout(timer);
      server.close();
      near?.destroy();
      const why = cause?.message ?? `nothing happened for ${PATIENCE_MS} ms`;
      reject(new StreamError("process-failed", `cannot open a local connection: ${why}`, { cause }));
    };
    const timer = setTimeout(fail, PATIENCE_MS);
    server.once("error", fail);
    server.once("connection", (far) => {
      clearTimeout(timer);
      server.close();
      if (near) resolve({ near, far });
    });
    server.listen(path, () => {
      near = connect({ path, onread });
      near.once("error", fail);
    });
  });
}
