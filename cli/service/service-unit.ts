import { MARK } from "./service-files.js";
import { quoteArgument, quoteProgram } from "./systemd-quoting.js";

/** What makes a unit of the one in deploy/. */
export interface ServiceUnitOptions {
  /** Without `.service`. */
  name: string;
  /** Node.js and the script of the command line. */
  program: readonly [string, string];
  /** Who runs it instead of a user made by systemd. */
  user?: string;
  /** Groups of this machine; undefined where they are not known. */
  groups?: ReadonlySet<string>;
}

/**
 * The text of a unit for this machine.
 * @param template deploy/glasslink-sender.service
 */
export function serviceUnit(template: string, { name, program, user, groups }: ServiceUnitOptions): string {
  const [node, main] = program;
  const changes: Record<string, (value: string) => string> = {
    ExecStart: (value) => value.replace(/^glasslink/, () => `${quoteProgram(node)} ${quoteArgument(main)}`),
    // A group that does not exist would keep the service from starting.
    SupplementaryGroups: (value) =>
      (groups ? value.split(" ").filter((group) => groups.has(group)) : [value]).join(" "),
  };
  const lines = template.split("\n").map((line) => {
    if (user !== undefined && line === "DynamicUser=yes") return `User=${user}`;
    const [, directive = "", value = ""] = /^(\w+)=(.*)$/.exec(line) ?? [];
    return Object.hasOwn(changes, directive) ? `${directive}=${changes[directive]?.(value)}` : line;
  });
  const head = [MARK, `# Changes of yours go into a drop-in, which stays: sudo systemctl edit ${name}`, ""];
  const start = lines.indexOf("[Unit]");
  return [...head, ...lines.slice(start)].join("\n");
}
