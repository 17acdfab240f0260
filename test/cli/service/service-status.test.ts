import { describe, expect, it } from "vitest";
import { installService } from "../../../cli/service/install-service.js";
import { serviceStatus } from "../../../cli/service/service-status.js";
import { makeServiceMachine, type ServiceMachine, type ServiceMachineOptions } from "./service-machine.js";

const SECRET = ["--camera", "pattern", "--output", "rtsp://ann:hunter2@127.0.0.1:8554/stream"];
const LINE = "2026-11-25T12:00:01+00:00 pi glasslink-sender[1001]: tcp://ann:hunter2@127.0.0.1:8000: refused";

async function installed(options: ServiceMachineOptions = {}): Promise<ServiceMachine> {
  const machine = await makeServiceMachine(options);
  await installService({ sendOptions: SECRET }, machine.host, machine.print);
  machine.printed.length = 0;
  return machine;
}

describe("glasslink service status", () => {
  it("tells state, since when, process, restarts, options and log, without passwords, and gives 0", async () => {
    await using machine = await installed({ systemd: { journalLine: LINE } });
    expect(await serviceStatus(undefined, machine.host, machine.print)).toBe(0);
    expect(machine.printed).toEqual([
      "unit      /etc/systemd/system/glasslink-sender.service, enabled",
      "state     active (running), since Wed 2026-11-25 12:00:00 UTC",
      "process   1001",
      "restarts  2",
      "options   --camera pattern --output 'rtsp://ann:***@127.0.0.1:8554/stream'",
      `log       ${LINE.replace("hunter2", "***")}`,
    ]);
  });

  it("tells how it ended, and gives 3", async () => {
    await using machine = await installed();
    machine.systemd.active.clear();
    expect(await serviceStatus(undefined, machine.host, machine.print)).toBe(3);
    expect(machine.printed).toEqual(
      expect.arrayContaining([
        "state     failed (failed), since Wed 2026-11-25 13:00:00 UTC; exit-code, exit code 2",
        "process   none",
        "log       none that may be read here; with sudo the whole journal is shown",
      ]),
    );
  });

  it("gives 4 where nothing is installed", async () => {
    await using machine = await makeServiceMachine();
    expect(await serviceStatus("other", machine.host, machine.print)).toBe(4);
    expect(machine.printed).toEqual(["other is not installed; glasslink service install installs it"]);
  });

  it("refuses a machine without systemd", async () => {
    await using machine = await makeServiceMachine({ isBooted: false });
    await expect(serviceStatus(undefined, machine.host, machine.print)).rejects.toMatchObject({ code: "unsupported" });
  });
});
