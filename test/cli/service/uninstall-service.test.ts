import { readdir } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { installService } from "../../../cli/service/install-service.js";
import { uninstallService } from "../../../cli/service/uninstall-service.js";
import { makeServiceMachine, type ServiceMachine } from "./service-machine.js";

const UNIT = "/etc/systemd/system/glasslink-sender.service";
const ENVIRONMENT = "/etc/glasslink/glasslink-sender.env";

async function installed(): Promise<ServiceMachine> {
  const machine = await makeServiceMachine();
  await installService({ sendOptions: ["--camera", "pattern"] }, machine.host, machine.print);
  machine.printed.length = 0;
  machine.calls();
  return machine;
}

describe("glasslink service uninstall", () => {
  it("stops the service, removes what install wrote, and says each step", async () => {
    await using machine = await installed();
    await uninstallService({}, machine.host, machine.print);
    expect(machine.printed).toEqual([
      "run systemctl disable --now glasslink-sender.service",
      `remove ${UNIT}`,
      "run systemctl daemon-reload",
      `remove ${ENVIRONMENT}`,
    ]);
    expect(machine.calls()).toEqual(["disable --now glasslink-sender.service", "daemon-reload"]);
    expect(await readdir(machine.path("/etc/systemd/system"))).toEqual([]);
    expect(await readdir(machine.path("/etc"))).not.toContain("glasslink");
  });

  it("keeps what install did not write, and says so", async () => {
    await using machine = await installed();
    await machine.write(`${UNIT}.d/override.conf`, "");
    await machine.write("/var/log/glasslink-sender/a.log", "");
    await machine.write("/etc/glasslink/other.env", "");
    await uninstallService({}, machine.host, machine.print);
    const advice = "which install did not make; it goes with: sudo rm -r";
    expect(machine.printed.slice(4)).toEqual([
      `keep ${UNIT}.d, ${advice} ${UNIT}.d`,
      `keep /var/log/glasslink-sender, ${advice} /var/log/glasslink-sender`,
    ]);
    expect(await readdir(machine.path("/etc/glasslink"))).toEqual(["other.env"]);
  });

  it("keeps options that were there before install", async () => {
    await using machine = await makeServiceMachine();
    await machine.write(ENVIRONMENT, "GLASSLINK_SEND_OPTIONS='--camera pattern'\n");
    await installService({ sendOptions: [] }, machine.host, machine.print);
    await uninstallService({}, machine.host, machine.print);
    expect(machine.printed.at(-1)).toBe(`keep ${ENVIRONMENT}, which install did not make`);
    expect(await machine.read(ENVIRONMENT)).toContain("pattern");
  });

  it("does nothing where nothing is installed", async () => {
    await using machine = await makeServiceMachine();
    await uninstallService({}, machine.host, machine.print);
    expect(machine.printed).toEqual(["glasslink-sender is not installed; nothing to do"]);
    expect(machine.calls()).toEqual([]);
  });

  it("only says what it would do with --dry-run", async () => {
    await using machine = await installed();
    await uninstallService({ dryRun: true }, machine.host, machine.print);
    expect(machine.printed).toContain(`would remove ${UNIT}`);
    expect(machine.calls()).toEqual([]);
    expect(await machine.read(UNIT)).not.toBe("");
    expect(await machine.read(ENVIRONMENT)).not.toBe("");
  });

  it("refuses a unit that install did not write", async () => {
    await using machine = await makeServiceMachine();
    await machine.write(UNIT, "[Service]\n");
    await expect(uninstallService({}, machine.host, machine.print)).rejects.toMatchObject({
      code: "unsupported",
      message: `${UNIT} was not written by glasslink service install, and stays`,
    });
    expect(await machine.read(UNIT)).toBe("[Service]\n");
  });

  it("refuses to go on without root", async () => {
    await using machine = await makeServiceMachine({ isRoot: false });
    await expect(uninstallService({}, machine.host, machine.print)).rejects.toMatchObject({
      message: expect.stringMatching(/sudo glasslink service uninstall …$/),
    });
  });
});
