/** What a server says, without the token that it was told: it may repeat what it refuses. */
export function hideToken(text: string, token: string | undefined): string {
  return token === undefined ? text : text.replaceAll(token, "***");
}
