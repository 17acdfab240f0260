import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Identity, ServiceHost } from "../../../cli/service/service-host.js";
import { systemHost } from "../../../cli/service/service-host.js";
import { fixturePath } from "../../support/fixture-path.js";
import { makeFileDirectory } from "../../support/make-file.js";

/** A machine in a folder, with the stand-ins for systemd's programs. */
export interface ServiceMachine extends AsyncDisposable {
  readonly host: ServiceHost;
  /** What was printed. */
  readonly printed: string[];
  readonly print: (text: string) => void;
  /** Users as which glasslink was tried. */
  readonly tried: Identity[];
  /** Where a path of it is. */
  path(absolute: string): string;
  read(absolute: string): Promise<string>;
  write(absolute: string, text: string): Promise<void>;
  /** What systemctl was called with since the last time. */
  calls(): Promise<string[]>;
}

/** What is special about a machine. */
export interface ServiceMachineOptions {
  /** Default true. */
  isRoot?: boolean;
  isBooted?: boolean;
  /** Why users cannot run glasslink. Default: they can. */
  problem?: string;
  /** Path of Node.js. */
  node?: string;
  /** For the stand-ins. */
  env?: Record<string, string>;
}

/** Makes one, run by systemd, whose users and groups are root, pi, and video. */
export async function makeServiceMachine(options: ServiceMachineOptions = {}): Promise<ServiceMachine> {
  const directory = await makeFileDirectory();
  const real = systemHost(directory.path);
  const printed: string[] = [];
  const tried: Identity[] = [];
  const env = { ...options.env, SYSTEMCTL_ROOT: directory.path };
  const machine: ServiceMachine = {
    ...{ printed, tried, print: (text) => void printed.push(...text.split("\n")), path: real.path },
    host: {
      isRoot: options.isRoot ?? true,
      invoker: "pi",
      program: [options.node ?? "/usr/bin/node", "/usr/lib/node_modules/glasslink/dist/cli/main.js"],
      path: real.path,
      run: (program, args) => real.run("env", [...settings(env), fixturePath(program), ...args]),
      tryAs: async (identity) => {
        tried.push(identity);
        return options.problem;
      },
    },
    read: (path) => readFile(real.path(path), "utf8"),
    async write(path, text) {
      await mkdir(dirname(real.path(path)), { recursive: true });
      await writeFile(real.path(path), text);
    },
    async calls() {
      const log = join(directory.path, "systemctl.calls");
      const text = await readFile(log, "utf8").catch(() => "");
      await writeFile(log, "");
      return text.split("\n").slice(0, -1);
    },
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  };
  await mkdir(real.path("/etc/systemd/system"), { recursive: true });
  if (options.isBooted ?? true) await mkdir(real.path("/run/systemd/system"), { recursive: true });
  await machine.write("/etc/passwd", "root:x:0:0::/root:/bin/sh\npi:x:1000:1001::/home/pi:/bin/sh\n");
  await machine.write("/etc/group", "root:x:0:\nvideo:x:44:pi\n");
  return machine;
}

function settings(env: Record<string, string>): string[] {
  return Object.entries(env).map(([name, value]) => `${name}=${value}`);
}
