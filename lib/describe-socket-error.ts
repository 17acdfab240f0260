const SOCKET_ERRORS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused; is the sender running, and is this its port?",
  ENOTFOUND: "no such host",
  EAI_AGAIN: "the host's name cannot be looked up now",
  EHOSTUNREACH: "the host cannot be reached",
  ENETUNREACH: "no network leads there",
  ECONNRESET: "the connection was reset",
  EPIPE: "the connection was closed",
  ETIMEDOUT: "no answer",
  EADDRINUSE: "the port is taken by another program",
  EADDRNOTAVAIL: "this machine has no such address",
  EACCES: "ports below 1024 need a privilege",
};

/** What a socket's error means, and what to look at. */
export function describeSocketError(error: NodeJS.ErrnoException): string {
  return (error.code && SOCKET_ERRORS[error.code]) ?? error.message;
}
