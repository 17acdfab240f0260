import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { startChildProcess } from "../../lib/child-process.js";
import { cropScreenshot, type Rectangle, readWindowDump, type Screenshot } from "./screenshot.js";

/** The programs that {@link startXvfb} needs. */
export const XVFB_PROGRAMS = ["Xvfb", "xdotool"] as const;

/** A screen that exists only in memory. */
export interface Xvfb extends AsyncDisposable {
  /** Environment for programs that shall open their windows there. */
  readonly environment: { DISPLAY: string };
  /** The pixels of the first visible window with such a title; undefined while there is none. */
  windowPicture(title: string): Promise<Screenshot | undefined>;
  /** Presses a key while the pointer, and with it the focus, is on the window. */
  press(title: string, key: string): Promise<void>;
}

/** Starts a screen of 1280x1024 on a display number that is free. */
export async function startXvfb(): Promise<Xvfb> {
  const folder = await mkdtemp(join(tmpdir(), "xvfb-"));
  const end = new AbortController();
  // -noreset: else it restarts whenever the last window is gone, and refuses who comes at that moment.
  const args = ["-displayfd", "1", "-screen", "0", "1280x1024x24", "-fbdir", folder, "-nolisten", "tcp", "-noreset"];
  const server = startChildProcess({ command: "Xvfb", args, signal: end.signal });
  const failed = server.exited.then((exit) => Promise.reject(server.failure(exit)));
  const [number] = await Promise.race([once(server.stdout, "data"), failed]);
  const environment = { DISPLAY: `:${String(number).trim()}` };

  const xdotool = async (...command: string[]): Promise<string> => {
    const result = await execa("xdotool", command, { env: environment, reject: false });
    return result.stdout;
  };
  const findWindow = async (title: string): Promise<Rectangle | undefined> => {
    const text = await xdotool("search", "--onlyvisible", "--name", title, "getwindowgeometry", "--shell");
    const value = (name: string): number => Number(new RegExp(`^${name}=(\\d+)$`, "m").exec(text)?.[1]);
    const found = { x: value("X"), y: value("Y"), width: value("WIDTH"), height: value("HEIGHT") };
    return Object.values(found).some(Number.isNaN) ? undefined : found;
  };
  return {
    environment,
    async windowPicture(title) {
      const place = await findWindow(title);
      return place && cropScreenshot(readWindowDump(await readFile(join(folder, "Xvfb_screen0"))), place);
    },
    async press(title, key) {
      const place = await findWindow(title);
      if (!place) throw new Error(`there is no window with the title ${title}`);
      const middle = [place.x + place.width / 2, place.y + place.height / 2].map((side) => String(Math.floor(side)));
      await xdotool("mousemove", ...middle, "key", key);
    },
    async [Symbol.asyncDispose]() {
      end.abort();
      await server.exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
