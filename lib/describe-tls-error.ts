import { describeSocketError } from "./describe-socket-error.js";

/** What OpenSSL says of a certificate that nobody vouches for, or that is another host's. */
const CERTIFICATE = /^(?:CERT_|ERR_TLS_CERT|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/;
/** Between numbers and lines of its sources it names a reason, such as "wrong version number". */
const OPENSSL = /SSL routines:[^:]*:([^:\n]+)/;

/** What the error of a socket means that may speak TLS, where `?insecure=1` takes any certificate. */
export function describeTlsError(error: NodeJS.ErrnoException): string {
  if (CERTIFICATE.test(error.code ?? "")) {
    return `its certificate is not trusted: ${error.message}; ?insecure=1 takes any, for cameras that sign their own`;
  }
  const [, reason] = OPENSSL.exec(error.message) ?? [];
  if (reason === undefined) return describeSocketError(error);
  return `no TLS comes about (${reason}); does the server speak it, and at this port?`;
}
