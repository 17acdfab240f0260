import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Identity, ServiceHost } from "../../../cli/service/service-host.js";
import { systemHost } from "../../../cli/service/service-host.js";
import { makeFileDirectory } from "../../support/make-file.js";
import { StandInSystemd, type StandInSystemdOptions } from "./stand-in-systemd.js";

/** A machine in a folder, with the stand-in for systemd's programs. */
export interface ServiceMachine extends AsyncDisposable {
  readonly host: ServiceHost;
  readonly systemd: StandInSystemd;
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
  calls(): string[];
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
  systemd?: StandInSystemdOptions;
}

/** Makes one, run by systemd, whose users and groups are root, pi, and video. */
export async function makeServiceMachine(options: ServiceMachineOptions = {}): Promise<ServiceMachine> {
  const directory = await makeFileDirectory();
  const real = systemHost(directory.path);
  const printed: string[] = [];
  const tried: Identity[] = [];
  const systemd = new StandInSystemd(directory.path, options.systemd);
  const machine: ServiceMachine = {
    ...{ systemd, printed, tried, print: (text) => void printed.push(...text.split("\n")), path: real.path },
    host: {
      isRoot: options.isRoot ?? true,
      invoker: "pi",
      program: [options.node ?? "/usr/bin/node", "/usr/lib/node_modules/glasslink/dist/cli/main.js"],
      path: real.path,
      run: async (program, args) => systemd.run(program, args),
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
    calls: () => systemd.calls.splice(0),
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  };
  await mkdir(real.path("/etc/systemd/system"), { recursive: true });
  if (options.isBooted ?? true) await mkdir(real.path("/run/systemd/system"), { recursive: true });
  await machine.write("/etc/passwd", "root:x:0:0::/root:/bin/sh\npi:x:1000:1001::/home/pi:/bin/sh\n");
  await machine.write("/etc/group", "root:x:0:\nvideo:x:44:pi\n");
  return machine;
}
