/** Enough to know a host, a status or a scheme by. */
const MAX_CHARACTERS = 200;
// Of C0 and C1; a terminal takes some of them for orders.
const CONTROLS = /\p{Cc}/gu;

/** Something that a server wrote, as an error message may have it: 200 characters at most, in one line. */
export function serverText(text: string): string {
  const shown = text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS)}…` : text;
  return shown.replace(CONTROLS, "?");
}
