import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { readdir, readFile, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, vi } from "vitest";
import { peerFolder } from "./peer-folder.js";
import { describePeers, type Finished, type PeerNeed, ROOT, startPeer } from "./peer-program.js";

const run = promisify(execFile);
const PROJECT = fileURLToPath(new URL("../..", import.meta.url));
const SCRIPT = fileURLToPath(new URL("../peers/systemd-machine.sh", import.meta.url));
const PATIENCE = { timeout: 20_000, interval: 50 };
const CGROUPS: PeerNeed = { name: "control groups (cgroup2)", isPresent: () => cgroupFolder() !== undefined };
const PROGRAMS = ["/lib/systemd/systemd", "systemctl", "systemd-analyze", "unshare", "nsenter", "ip", "ffmpeg"];

/** How a program in the machine ended. */
export interface MachineResult {
  code: number;
  /** Both outputs, one behind the other. */
  text: string;
}

/** A `describe` that needs a systemd of its own, and a build of the project. */
export function describeSystemd(title: string, body: () => void): void {
  describePeers(title, [...PROGRAMS, ROOT, CGROUPS, join(PROJECT, "dist/cli/main.js")], body);
}

/** A machine in namespaces whose first process is systemd, with its journal, and glasslink installed. */
export class SystemdMachine {
  readonly #pid: number;

  private constructor(pid: number) {
    this.#pid = pid;
  }

  static async make(finished: Finished): Promise<SystemdMachine> {
    const folder = await peerFolder(finished);
    const cgroup = join(cgroupFolder() ?? "", `glasslink-${process.pid}`);
    finished(() => vi.waitFor(() => removeCgroups(cgroup), PATIENCE));
    const child = startPeer("bash", [SCRIPT, folder, cgroup], finished);
    const machine = await vi.waitFor(async () => {
      const children = await readFile(`/proc/${child.pid}/task/${child.pid}/children`, "utf8");
      const booted = new SystemdMachine(Number(children.trim()));
      expect(await booted.run("systemctl", "is-active", "machine.target")).toMatchObject({ code: 0 });
      return booted;
    }, PATIENCE);
    await machine.#installPackage();
    return machine;
  }

  /** Runs a program in the machine, as root. */
  run(...command: string[]): Promise<MachineResult> {
    return this.#enter(command);
  }

  /** Runs a line of shell in the machine, and gives what it writes. */
  async shell(line: string): Promise<string> {
    return (await this.#enter(["sh", "-c", line])).text;
  }

  /** Copies a folder of the project, for all users to read. */
  async copy(folder: string, to: string): Promise<void> {
    const options = { encoding: "buffer", maxBuffer: 1 << 28 } as const;
    await this.write(
      "/run/copy.tar",
      (await run("tar", ["cf", "-", "-C", join(PROJECT, folder), "."], options)).stdout,
    );
    await this.shell(`mkdir -p ${to} && tar xf /run/copy.tar -C ${to}`);
  }

  async write(path: string, text: string | Buffer): Promise<void> {
    const { code, text: said } = await this.#enter(["sh", "-c", 'cat > "$0"', path], text);
    expect(said).toBe("");
    expect(code).toBe(0);
  }

  #enter(command: readonly string[], input: string | Buffer = ""): Promise<MachineResult> {
    const namespaces = ["-t", String(this.#pid), "-m", "-p", "-n", "-i", "-u", "-C"];
    const environment = ["-i", "PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "LANG=C.UTF-8"];
    const inRoot = ["sh", "-c", 'cd / && exec "$@"', "sh", ...command];
    return new Promise((resolve) => {
      const options = { encoding: "utf8", maxBuffer: 1 << 24 } as const;
      const child = execFile(
        "nsenter",
        [...namespaces, "env", ...environment, ...inRoot],
        options,
        (error, out, err) => {
          // The shell that starts in no folder of the machine says so.
          const text = out + err.replace(/^sh: .*getcwd.*\n/gm, "");
          resolve({ code: error ? Number(error.code ?? 1) : 0, text });
        },
      );
      // A program that ended without reading it tells by its exit.
      child.stdin?.on("error", () => {});
      child.stdin?.end(input);
    });
  }

  /** What npm would publish, with its dependencies. */
  async #installPackage(): Promise<void> {
    const listed = await run("npm", ["ls", "--omit=dev", "--all", "--parseable"], { cwd: PROJECT }).catch(
      (error: { stdout: string }) => error,
    );
    const modules = listed.stdout.split("\n").flatMap((path) => /node_modules.*/.exec(path)?.[0] ?? []);
    const packed = await run("npm", ["pack", "--ignore-scripts", "--json", "--dry-run"], { cwd: PROJECT });
    const files = (JSON.parse(packed.stdout)[0].files as { path: string }[]).map(({ path }) => path);
    const { stdout } = await run("tar", ["cf", "-", "-C", PROJECT, ...files, ...modules], {
      encoding: "buffer",
      maxBuffer: 1 << 28,
    });
    await this.write("/run/package.tar", stdout);
    await this.shell("mkdir -p /opt/glasslink && tar xf /run/package.tar -C /opt/glasslink");
    await this.shell("ln -s /opt/glasslink/dist/cli/main.js /usr/local/bin/glasslink");
    expect((await this.run("glasslink", "--version")).text).toMatch(/^\d/);
  }
}

/** Where control groups are made. */
function cgroupFolder(): string | undefined {
  return /^\S+ (\S+) cgroup2 /m.exec(readFileSync("/proc/self/mounts", "utf8"))?.[1];
}

/** Innermost first, as the kernel wants it; fails while one is in use. */
async function removeCgroups(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) if (entry.isDirectory()) await removeCgroups(join(folder, entry.name));
  await rmdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
  });
}
