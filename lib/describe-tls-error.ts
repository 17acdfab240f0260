import { describeSocketError } from "./describe-socket-error.js";

/** What OpenSSL says of a certificate that nobody vouches for, or that is another host's. */
const CERTIFICATE = /^(?:CERT_|ERR_TLS_CERT|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/;

/** What the error of a socket means that may speak TLS, where `?insecure=1` takes any certificate. */
export function describeTlsError(error: NodeJS.ErrnoException): string {
  if (!CERTIFICATE.test(error.code ?? "")) return describeSocketError(error);
  return `its certificate is not trusted: ${error.message}; ?insecure=1 takes any, for cameras that sign their own`;
}
