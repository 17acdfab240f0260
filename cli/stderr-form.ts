import { fstatSync } from "node:fs";
import { describeRecord, type RecordLevel, readRecord } from "./log-record.js";

/** How stderr is written. */
export interface StderrForm {
  /** A line of the log, its end included, from the one that pino made. */
  line(json: string): string;
  /** Why a command failed, in its last words. */
  failure(text: string): string;
}

const AS_IT_IS = (text: string): string => text;
/** Priorities of syslog, by which journalctl filters and colours. */
const PRIORITIES: Record<RecordLevel, number> = { debug: 7, info: 6, warn: 4, error: 3 };

/**
 * What fits to where stderr leads: lines with a time for people on a terminal, lines with a priority where systemd's
 * journal reads them, else one JSON object a line.
 * @param details whether a terminal shows more than messages
 */
export async function stderrForm(details: boolean): Promise<StderrForm> {
  if (leadsToJournal(process.env.JOURNAL_STREAM)) return JOURNAL_FORM;
  return { line: process.stderr.isTTY ? await terminalLine(details) : AS_IT_IS, failure: AS_IT_IS };
}

/** @see https://www.freedesktop.org/software/systemd/man/latest/sd-daemon.html */
export const JOURNAL_FORM: StderrForm = {
  line(json) {
    const record = readRecord(json);
    return `<${PRIORITIES[record.level]}>${describeRecord(record)}\n`;
  },
  failure: (text) => text.replace(/^(?=.)/gm, `<${PRIORITIES.error}>`),
};

/**
 * Whether a stream of this process is the journal's. Children inherit the variable: it counts only where it names the
 * same stream.
 * @param variable JOURNAL_STREAM: device and inode
 * @see https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html
 */
export function leadsToJournal(variable: string | undefined, descriptor = 2): boolean {
  if (variable === undefined) return false;
  try {
    const { dev, ino } = fstatSync(descriptor, { bigint: true });
    return variable === `${dev}:${ino}`;
  } catch {
    // It is closed.
    return false;
  }
}

async function terminalLine(details: boolean): Promise<(json: string) => string> {
  const { prettyFactory } = await import("pino-pretty");
  return prettyFactory({
    colorize: !process.env.NO_COLOR,
    ignore: "pid,hostname",
    translateTime: "SYS:HH:MM:ss",
    hideObject: !details,
  });
}
