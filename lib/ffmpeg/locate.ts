import { execa } from "execa";
import { StreamError } from "../errors.js";

const OLDEST = [5, 1] as const;

/** A usable ffmpeg. */
export interface Ffmpeg {
  path: string;
  /** As it says itself, for example `5.1.9-0+deb12u1` or `N-109542-g0a9f5d9`. */
  version: string;
}

const found = new Map<string, Promise<Ffmpeg>>();

/**
 * Finds ffmpeg: the `ffmpegPath` option, else the variable FFMPEG_PATH, else PATH. Asks it for its version once.
 * @throws StreamError `ffmpeg-missing`, `ffmpeg-too-old` (older than 5.1), each with the command that installs it here
 */
export function locateFfmpeg(ffmpegPath?: string): Promise<Ffmpeg> {
  const path = chooseFfmpeg(ffmpegPath);
  const known = found.get(path);
  if (known) return known;
  const asked = askVersion(path);
  found.set(path, asked);
  // What is missing now may be installed by the next try.
  asked.catch(() => found.delete(path));
  return asked;
}

/** The ffmpeg that {@link locateFfmpeg} would ask, not asked. */
export function chooseFfmpeg(ffmpegPath?: string): string {
  return ffmpegPath || process.env.FFMPEG_PATH || "ffmpeg";
}

async function askVersion(path: string): Promise<Ffmpeg> {
  const result = await execa(path, ["-hide_banner", "-version"], { reject: false, timeout: 10_000, stdin: "ignore" });
  const version = /^ffmpeg version (\S+)/.exec(result.stdout ?? "")?.[1];
  if (version === undefined && (result.timedOut || isBusy(result.cause))) {
    const why = result.timedOut ? "gave no answer" : "could not be started now";
    throw new StreamError("process-failed", `ffmpeg at ${path} ${why}`, { details: { path }, cause: result });
  }
  if (version === undefined) {
    throw new StreamError("ffmpeg-missing", `no ffmpeg at ${path}; install it with: ${installCommand()}`, {
      details: { path },
      cause: result,
    });
  }
  if (isTooOld(version)) {
    throw new StreamError(
      "ffmpeg-too-old",
      `ffmpeg ${version} at ${path} is older than ${OLDEST.join(".")}; install a newer one with: ${installCommand()}`,
      { details: { path, version } },
    );
  }
  return { path, version };
}

// Too many open files or processes pass; a missing file stays missing.
function isBusy(cause: unknown): boolean {
  return ["EMFILE", "ENFILE", "EAGAIN", "ENOMEM"].includes((cause as NodeJS.ErrnoException | undefined)?.code ?? "");
}

// Builds from git say N-…; they carry no release number and are taken as new.
function isTooOld(version: string): boolean {
  const numbers = /^n?(\d+)\.(\d+)/.exec(version);
  if (!numbers) return false;
  const [major, minor] = [Number(numbers[1]), Number(numbers[2])];
  return major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
}

/** The command that installs ffmpeg on this operating system. */
export function installCommand(platform: NodeJS.Platform = process.platform): string {
  if (platform === "darwin") return "brew install ffmpeg";
  if (platform === "win32") return "winget install --id Gyan.FFmpeg";
  return "sudo apt-get install ffmpeg";
}
