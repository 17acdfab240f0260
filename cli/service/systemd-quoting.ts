const PLAIN = /^[\w@+=:,./-]+$/;

/**
 * A program's path as the first word of `ExecStart=`.
 * @see https://www.freedesktop.org/software/systemd/man/latest/systemd.service.html "Command lines"
 */
export function quoteProgram(path: string): string {
  // Variables are replaced in arguments only: a dollar is not doubled here.
  return PLAIN.test(path) ? path : quote(path);
}

/** An argument in `ExecStart=` that reaches the program as it is. */
export function quoteArgument(text: string): string {
  return PLAIN.test(text) ? text : quote(text).replaceAll("$", "$$$$");
}

/**
 * A value in an `EnvironmentFile=`, which a shell reads as the same.
 * @see https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html "EnvironmentFile="
 */
export function quoteEnvironmentValue(text: string): string {
  return `"${text.replace(/["\\`$]/g, "\\$&")}"`;
}

function quote(text: string): string {
  const escaped = text.replace(/["\\]/g, "\\$&").replaceAll("%", "%%");
  return `"${escaped.replace(/\p{Cc}/gu, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`)}"`;
}
