import { randomUUID } from "node:crypto";
import { connect, createServer, type OnReadOpts, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The two ends of one local connection. */
export interface SocketPair {
  /** Ours; it reads into the buffers of `onread`. */
  near: Socket;
  /** For a child as its stdout; destroy it here once the child runs. */
  far: Socket;
}

/**
 * Opens a local connection with itself whose near end reads straight into buffers of ours. A child's ordinary stdout
 * allocates 64 KiB a read and must be copied from, which doubles the cost of a frame.
 */
export function openSocketPair(onread: OnReadOpts): Promise<SocketPair> {
  const name = `glasslink-${process.pid}-${randomUUID()}`;
  // Linux has names outside the file system, which leave nothing behind; elsewhere closing the server removes the file.
  const path = process.platform === "linux" ? `\0${name}` : join(tmpdir(), `${name}.sock`);
  return new Promise((resolve, reject) => {
    let near: Socket | undefined;
    const server = createServer({ pauseOnConnect: true }, (far) => {
      server.close();
      if (near) resolve({ near, far });
    });
    server.once("error", reject);
    server.listen(path, () => {
      near = connect({ path, onread });
      near.once("error", reject);
    });
  });
}
