/** One section of a session description: the session's own, or that of one medium. */
export interface SdpSection {
  /** What stands behind `m=`, in words; empty for the session's own. */
  media: readonly string[];
  /** Lines without their ends, the first included. */
  lines: readonly string[];
}

/**
 * Takes a session description apart; the first section is the session's own. Never throws: what is no line of SDP is
 * left out.
 * @see RFC 8866 section 5
 */
export function readSdpSections(text: string): [session: SdpSection, ...media: SdpSection[]] {
  const sections: { media: string[]; lines: string[] }[] = [];
  let section = { media: [] as string[], lines: [] as string[] };
  const session = section;
  for (const line of text.split(/[\r\n]+/)) {
    if (!/^[a-z]=/.test(line)) continue;
    if (line.startsWith("m=")) {
      section = { media: line.slice(2).trim().split(/\s+/), lines: [] };
      sections.push(section);
    }
    section.lines.push(line);
  }
  return [session, ...sections];
}

/** Values of an attribute, in order; empty where it has none. */
export function sdpAttributes({ lines }: SdpSection, name: string): string[] {
  const start = `a=${name}`;
  return lines
    .filter((line) => line === start || line.startsWith(`${start}:`))
    .map((line) => line.slice(start.length + 1).trim());
}

/** Lines that end as the standard wants it. */
export function joinSdp(lines: readonly string[]): string {
  return `${lines.join("\r\n")}\r\n`;
}
