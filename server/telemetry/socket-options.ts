/** How the servers of socket.io are made here: small messages in, none of their own files out. */
export const SOCKET_OPTIONS = {
  maxHttpBufferSize: 16 * 1024,
  // Who takes nothing is gone before much is queued for it.
  pingInterval: 5_000,
  pingTimeout: 10_000,
  connectTimeout: 10_000,
  serveClient: false,
  httpCompression: false,
  perMessageDeflate: false,
} as const;

/** Connections to one server at a time. */
export const MAX_SOCKETS = 200;
