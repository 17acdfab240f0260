import { StreamError } from "../../lib/errors.js";

const SAFE = /^[\w@%+=:,./-]+$/;

/**
 * Words of a text as a POSIX shell splits it, with quotes and backslashes; nothing is expanded.
 * @throws StreamError `invalid-option` for a quote that is never closed
 * @see https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_02
 */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  const parts = /\\\n|([ \t\r\n]+)|'([^']*)'|"((?:\\[\s\S]|[^"\\])*)"|\\([\s\S])|([^ \t\r\n'"\\]+)/y;
  while (parts.lastIndex < text.length) {
    const at = parts.lastIndex;
    const match = parts.exec(text);
    if (!match) throw unclosed(text, at);
    const [, space, single, double, escaped, plain] = match;
    if (space !== undefined) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      const piece = single ?? (double === undefined ? undefined : unescapeDoubleQuoted(double)) ?? escaped ?? plain;
      // None behind a line that goes on.
      if (piece !== undefined) word = (word ?? "") + piece;
    }
  }
  if (word !== undefined) words.push(word);
  return words;
}

/** The text that {@link splitWords} and every shell split into these words. */
export function joinWords(words: readonly string[]): string {
  return words.map((word) => (SAFE.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(" ");
}

/** What a shell, and systemd in an environment file, makes of the text between two double quotes. */
export function unescapeDoubleQuoted(text: string): string {
  return text.replace(/\\([\n"\\`$])/g, (_all, character) => (character === "\n" ? "" : character));
}

// It shows nothing of the text: a quote that is left open is often one in a password.
function unclosed(text: string, at: number): StreamError {
  const what = text[at] === "\\" ? "backslash at the end escapes nothing" : `quote ${text[at]} is never closed`;
  return new StreamError("invalid-option", `the ${what} (character ${at + 1} of ${text.length})`);
}
