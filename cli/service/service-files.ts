import { StreamError } from "../../lib/errors.js";

const DEFAULT_NAME = "glasslink-sender";
/** The first line of every file that install writes; uninstall removes no other. */
export const MARK = "# Written by `glasslink service install`.";
/** Options of `glasslink send`, in the environment file. */
export const OPTIONS_VARIABLE = "GLASSLINK_SEND_OPTIONS";

/** What belongs to a service, as absolute paths of the machine. */
export interface ServiceFiles {
  /** Without `.service`. */
  name: string;
  /** With it. */
  unitName: string;
  unit: string;
  /** For the user's own changes to the unit. */
  dropIns: string;
  environmentFolder: string;
  environment: string;
  /** What the service itself may write to. */
  logs: string;
  state: string;
}

/** @throws StreamError `invalid-option` for a name that systemd does not take */
export function serviceFiles(given = DEFAULT_NAME): ServiceFiles {
  const name = given.replace(/\.service$/, "");
  if (!/^[A-Za-z0-9][\w.-]{0,99}$/.test(name)) {
    const allowed = "letters, digits, and . _ - behind the first, 100 at most";
    throw new StreamError("invalid-option", `--name ${given} is not allowed; it must be ${allowed}`);
  }
  const unitName = `${name}.service`;
  return {
    ...{ name, unitName, unit: `/etc/systemd/system/${unitName}`, dropIns: `/etc/systemd/system/${unitName}.d` },
    ...{ environmentFolder: "/etc/glasslink", environment: `/etc/glasslink/${name}.env` },
    ...{ logs: `/var/log/${name}`, state: `/var/lib/${name}` },
  };
}
