import { redact } from "../../lib/redact.js";

/**
 * A token in any quotes, as words stand in a shell's line and between the double quotes of an environment file.
 * Better too much is hidden than too little.
 */
const TOKEN = /(--token[\\\s=]+)(?:'(?:[^']|'\\+'')*'|\\*"(?:[^"\\]|\\.)*"|[^\s"]+)|('--token=)(?:[^']|'\\+'')*(?=')/g;

/** A line with options of `glasslink send`, without the passwords in its URLs and without its token. */
export function redactOptions(line: string): string {
  return redact(line).replace(TOKEN, (_all, apart = "", quoted = "") => `${apart}${quoted}***`);
}
