import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ProgramResult } from "../../../cli/service/service-host.js";

/** What makes a stand-in behave otherwise. */
export interface StandInSystemdOptions {
  /** A verb of systemctl that fails. */
  fault?: string;
  /** What journalctl prints; nothing by default. */
  journalLine?: string;
}

/** What a program ends with where that is no success. */
class Failure extends Error {}

/**
 * A strict stand-in for systemctl and journalctl, made from their manuals; the real ones play in test/peers. It works on
 * a machine in a folder.
 *
 * Stricter than the real one: options in any other form than the ones below, units that were not loaded anew after they
 * changed, and units without a line ExecStart are refused.
 */
export class StandInSystemd {
  /** What systemctl was called with. */
  readonly calls: string[] = [];
  /** Process ids of the services that run. */
  readonly active = new Map<string, number>();
  readonly #units: string;
  readonly #options: StandInSystemdOptions;
  readonly #enabled = new Set<string>();
  #loaded = new Map<string, string>();

  constructor(root: string, options: StandInSystemdOptions = {}) {
    this.#units = join(root, "etc/systemd/system");
    this.#options = options;
  }

  /** Runs one of the two programs. */
  run(program: string, args: readonly string[]): ProgramResult {
    try {
      const stdout = program === "systemctl" ? this.#systemctl(args) : this.#journalctl(program, args);
      return { code: stdout === "inactive" ? 3 : 0, stdout, stderr: "" };
    } catch (error) {
      if (error instanceof Failure) return { code: 1, stdout: "", stderr: error.message };
      throw error;
    }
  }

  #journalctl(program: string, args: readonly string[]): string {
    const known = /^journalctl --unit \S+\.service --lines 10 --no-pager --quiet --output short-iso$/;
    if (!known.test([program, ...args].join(" "))) throw new Failure(`unknown use: ${[program, ...args].join(" ")}`);
    return this.#options.journalLine ?? "";
  }

  #systemctl(args: readonly string[]): string {
    this.calls.push(args.join(" "));
    const [verb, ...operands] = args;
    if (verb === this.#options.fault) throw new Failure('Job failed. See "journalctl -xe" for details.');
    const only = (count: number): string => {
      if (operands.length === count && !operands.some((word) => word.startsWith("-"))) return operands[0] as string;
      throw new Failure(`unknown use: ${args.join(" ")}`);
    };
    switch (verb) {
      case "daemon-reload":
        only(0);
        return this.#load();
      case "enable":
        return this.#enable(this.#fresh(only(1)));
      case "restart":
        return this.#restart(this.#fresh(only(1)));
      case "disable":
        if (operands[0] !== "--now" || operands.length !== 2) throw new Failure(`unknown use: ${args.join(" ")}`);
        return this.#disable(this.#fresh(operands[1] as string));
      case "is-active":
        return this.active.has(only(1)) ? "active" : "inactive";
      case "show":
        if (operands.length !== 2) throw new Failure(`unknown use: ${args.join(" ")}`);
        return this.#show(operands[0] as string, operands[1] as string);
      default:
        throw new Failure(`Unknown command verb ${verb}.`);
    }
  }

  #load(): string {
    const names = readdirSync(this.#units).filter((name) => name.endsWith(".service"));
    this.#loaded = new Map(names.map((name) => [name, readFileSync(join(this.#units, name), "utf8")]));
    return "";
  }

  #enable(unit: string): string {
    if (!/^WantedBy=multi-user\.target$/m.test(this.#loaded.get(unit) as string)) {
      throw new Failure(`${unit} has no installation config.`);
    }
    this.#enabled.add(unit);
    return "";
  }

  #restart(unit: string): string {
    this.active.set(unit, (this.active.get(unit) ?? 1_000) + 1);
    return "";
  }

  #disable(unit: string): string {
    this.#enabled.delete(unit);
    this.active.delete(unit);
    return "";
  }

  #show(unit: string, properties: string): string {
    if (!properties.startsWith("--property=")) throw new Failure(`unknown use: show ${unit} ${properties}`);
    const known = this.#describe(unit);
    const names = properties.slice("--property=".length).split(",");
    return names.flatMap((name) => (name in known ? [`${name}=${known[name]}`] : [])).join("\n");
  }

  #describe(unit: string): Record<string, string | number> {
    if (!this.#loaded.has(unit)) return { LoadState: "not-found", ActiveState: "inactive", SubState: "dead" };
    const pid = this.active.get(unit) ?? 0;
    return {
      ...{ LoadState: "loaded", UnitFileState: this.#enabled.has(unit) ? "enabled" : "disabled" },
      ...{ ActiveState: pid ? "active" : "failed", SubState: pid ? "running" : "failed", MainPID: pid, NRestarts: 2 },
      ...{ Result: pid ? "success" : "exit-code", ExecMainStatus: pid ? 0 : 2 },
      ActiveEnterTimestamp: pid ? "Wed 2026-11-25 12:00:00 UTC" : "",
      InactiveEnterTimestamp: pid ? "" : "Wed 2026-11-25 13:00:00 UTC",
    };
  }

  /** A unit as it was loaded, where it is still the same. */
  #fresh(unit: string): string {
    if (!existsSync(join(this.#units, unit))) throw new Failure(`Unit file ${unit} does not exist.`);
    const text = readFileSync(join(this.#units, unit), "utf8");
    if (this.#loaded.get(unit) !== text) {
      throw new Failure(`The unit file of ${unit} changed on disk. Run 'systemctl daemon-reload'.`);
    }
    if (!/^ExecStart=\S/m.test(text)) throw new Failure(`Unit ${unit} has a bad unit file setting.`);
    return unit;
  }
}
