// A scheme begins where none is: from each letter of a long word anew, time would grow with its square.
const USER_INFO = /(?<![\w+.-])([\w+.-]+:\/\/)([^\s/?#@]*(?:@[^\s/?#@]*)*)@/gi;
/**
 * Where a password holds what a URL should not: better too much is hidden than too little. A port is no password. Bounded,
 * as the names below: looked for from each place anew, its end would take time that grows with the square of a text.
 */
const UNESCAPED = /(?<![\w+.-])([\w+.-]+:\/\/[^\s:@/]*):(?!\d{1,5}(?:[\s/?#:;,]|$))[^@\n]{0,512}@/gi;
const SECRET_NAME = /^(?:streamid|[\w-]*(?:pass|pwd|token|secret|key|auth|sig)[\w-]*)$/i;
/** A quote ends it only where a text could go on behind it, a colon only where one does. */
const SECRET_PARAMETER =
  /([?&](?:streamid|[\w-]{0,64}?(?:pass|pwd|token|secret|key|auth|sig)[\w-]{0,64})=)(?:[^&\s#"':]|:(?!\s)|["'](?=[^\s,;:.)\]}&#]))*/gi;
/** As many cheap cameras have it: `/user=admin_password=secret_channel=1_stream=0.sdp`. */
const SECRET_IN_PATH = /([/_](?:password|passwd|pass|pwd)=)[^_&\s#"'?/]*/gi;

/**
 * Text with every password in a URL replaced by `***`: user information before the host, and query parameters whose
 * name says that they are secret. The user name stays, since it helps to find the mistake.
 */
export function redact(text: string): string {
  return text
    .replace(USER_INFO, (_whole, scheme: string, userInfo: string) => {
      const colon = userInfo.indexOf(":");
      return colon < 0 ? `${scheme}${userInfo}@` : `${scheme}${userInfo.slice(0, colon)}:***@`;
    })
    .replace(UNESCAPED, "$1:***@")
    .replace(SECRET_PARAMETER, "$1***")
    .replace(SECRET_IN_PATH, "$1***");
}

/**
 * The same for text that is one URL and nothing else: there a secret goes up to the next `&`, whatever it holds, and its
 * name may be escaped.
 */
export function redactUrl(url: string): string {
  const [address = "", ...queries] = url.split("?");
  const pairs = queries.join("?").split("&").map(redactPair);
  return redact(queries.length === 0 ? url : `${address}?${pairs.join("&")}`);
}

function redactPair(pair: string): string {
  const [name] = new URLSearchParams(pair).keys();
  return name !== undefined && SECRET_NAME.test(name) ? `${pair.split("=", 1)[0]}=***` : pair;
}
