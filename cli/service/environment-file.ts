import { unescapeDoubleQuoted } from "./shell-words.js";
import { quoteEnvironmentValue } from "./systemd-quoting.js";

/** A part of an environment file: one line, or several where a quote spans them. */
interface Entry {
  /** As it stands in the file, line end included. */
  text: string;
  /** Undefined for comments, empty lines and what is no assignment. */
  name?: string;
  value?: string;
}

/**
 * The value that systemd gives to a variable of an environment file; undefined where there is none.
 * @see https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html "EnvironmentFile="
 */
export function readVariable(file: string, name: string): string | undefined {
  return readEntries(file).findLast((entry) => entry.name === name)?.value;
}

/**
 * The file with that variable set: where it was last, else at the start, where no quote of the user's that is never
 * closed can swallow it. Everything else stays as it is.
 */
export function setVariable(file: string, name: string, value: string): string {
  const line = `${name}=${quoteEnvironmentValue(value)}\n`;
  const entries = readEntries(file);
  const place = entries.findLastIndex((entry) => entry.name === name);
  if (place < 0) return line + file;
  return entries.map(({ text }, index) => (index === place ? line : text)).join("");
}

function readEntries(file: string): Entry[] {
  const entries: Entry[] = [];
  for (let rest = file; rest !== ""; rest = rest.slice(entries.at(-1)?.text.length)) entries.push(readEntry(rest));
  return entries;
}

function readEntry(rest: string): Entry {
  const head = /^[ \t]*([^\s#;=][^=\n]*)=/.exec(rest);
  if (!head) return { text: /^[^\n]*\n?/.exec(rest)?.[0] ?? rest };
  const { length, value } = readValue(rest.slice(head[0].length));
  return { text: rest.slice(0, head[0].length + length), name: head[1]?.trim() ?? "", value };
}

// Behind a quoted piece comes another, or plain text to the end of the line, in which quotes mean themselves.
function readValue(text: string): { length: number; value: string } {
  const quoted = /[ \t\r]*(?:'([^']*)(?:'|$)|"((?:\\[\s\S]|[^"\\])*)(?:"|\\?$))/y;
  let [value, length] = ["", 0];
  for (let match = quoted.exec(text); match; match = quoted.exec(text)) {
    value += match[1] ?? unescapeDoubleQuoted(match[2] ?? "");
    length = quoted.lastIndex;
  }
  const plain = /^(?:\\[\s\S]|[^\\\n])*\\?/.exec(text.slice(length))?.[0] ?? "";
  value += plain
    .replace(/^[ \t\r]+/, "")
    .replace(/\\([\s\S]?)|[ \t\r]+$/g, (_all, next = "") => (next === "\n" ? "" : next));
  return { length: length + plain.length + (text[length + plain.length] === "\n" ? 1 : 0), value };
}
