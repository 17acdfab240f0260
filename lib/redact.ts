const USER_INFO = /\b([a-z][a-z0-9+.-]*:\/\/)([^\s/?#@]*(?:@[^\s/?#@]*)*)@/gi;
const SECRET_PARAMETER = /([?&](?:password|passwd|pass|pwd|token|secret|key|passphrase|streamid)=)[^&\s#"']*/gi;

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
    .replace(SECRET_PARAMETER, "$1***");
}
