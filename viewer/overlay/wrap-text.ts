/**
 * Breaks a text between words into lines that fit.
 * @param fits tells whether so much text has room on one line; a single word is never broken
 * @param maxLines what is left over stands on the last
 */
export function wrapText(text: string, fits: (text: string) => boolean, maxLines: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    const longer = `${last} ${word}`;
    if (last === undefined || (lines.length < maxLines && !fits(longer))) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}
