import { StreamError } from "./errors.js";
import { describeAddresses } from "./network-interfaces.js";

/** Where something was to listen. */
export interface BindPlace {
  /** As people know it. */
  url: string;
  /** Name or address; empty: all of this machine's. */
  host: string;
  port: number;
  /** What to do about a port below 1024; by default that others need no rights. */
  privilege?: string;
}

/** The error `bind-failed` that says in words why nothing can listen there. */
export function bindFailure({ url, host, port, privilege }: BindPlace, error: NodeJS.ErrnoException): StreamError {
  const noAddress = `${host} is no address of this machine; it has ${describeAddresses()}`;
  const reasons: Record<string, string> = {
    EADDRINUSE: `port ${port} is in use already`,
    EACCES: privilege ?? `port ${port} needs more rights; ports from 1024 on do not`,
    EADDRNOTAVAIL: noAddress,
    ENOTFOUND: noAddress,
  };
  const reason = reasons[error.code ?? ""] ?? error.message;
  return new StreamError("bind-failed", `${url}: cannot listen: ${reason}`, { cause: error });
}
