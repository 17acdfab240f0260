import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import type { CpuInfo } from "node:os";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { MachineHealthWatch } from "../../../server/telemetry/machine-health.js";
import { FakeClock } from "../../support/fake-clock.js";

const PI = {
  "thermal/thermal_zone0/type": "battery\n",
  "thermal/thermal_zone0/temp": "31000\n",
  "thermal/thermal_zone1/type": "cpu-thermal\n",
  "thermal/thermal_zone1/temp": "51540\n",
  "thermal/cooling_device0/type": "cpu-fan\n",
  meminfo: "MemTotal:        3884332 kB\nMemFree:          195000 kB\nMemAvailable:    3241212 kB\n",
  "firmware/bind": "",
  "firmware/soc:firmware/get_throttled": "50005\n",
};

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

function core(idle: number, user: number): CpuInfo {
  return { model: "", speed: 0, times: { idle, user, nice: 0, sys: 0, irq: 0 } };
}

/** A machine with these files. */
async function machine(files: Record<string, string>, cores: () => CpuInfo[] = () => []) {
  const folder = await mkdtemp(join(tmpdir(), "glasslink-health-"));
  closers.push(() => rm(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  const paths = {
    ...{ thermal: join(folder, "thermal"), memory: join(folder, "meminfo"), firmware: join(folder, "firmware") },
  };
  const clock = new FakeClock();
  const watch = new MachineHealthWatch({ clock, paths, cores });
  closers.push(() => watch.close());
  return { folder, clock, watch };
}

describe("MachineHealthWatch", () => {
  it("reads what a Raspberry Pi tells", async () => {
    const { watch } = await machine(PI);
    await expect
      .poll(() => watch.latest, { interval: 2 })
      .toEqual({
        cpuTemperatureC: 51.54,
        coreLoadPercent: null,
        memory: { totalBytes: 3_884_332 * 1_024, availableBytes: 3_241_212 * 1_024 },
        ...{ throttled: true, undervoltage: true },
      });
  });

  it.each([
    ["0", false, false],
    ["0x50000", false, false],
    ["1", false, true],
    ["4", true, false],
  ])("takes the flags %s for throttled %s, undervoltage %s", async (flags, throttled, undervoltage) => {
    const { watch } = await machine({ "firmware/soc@107c000000:firmware/get_throttled": flags });
    await expect.poll(() => watch.latest, { interval: 2 }).toMatchObject({ throttled, undervoltage });
  });

  it("has null for what the machine does not tell, or tells wrongly", async () => {
    const unknown = { cpuTemperatureC: null, memory: null, throttled: null, undervoltage: null };
    const wrong = {
      "thermal/thermal_zone0/type": "cpu-thermal",
      "thermal/thermal_zone0/temp": "hot",
      meminfo: "MemTotal: 1 kB\n",
      "firmware/a/get_throttled": "no",
    };
    for (const files of [{}, wrong]) {
      const { watch } = await machine(files);
      await watch.refresh();
      expect(watch.latest).toEqual({ ...unknown, coreLoadPercent: null });
    }
  });

  it("tells each core's load over the last second", async () => {
    const looks = [[core(100, 50), core(0, 0)], [core(175, 75), core(100, 0)], [core(175, 175)]];
    const { clock, watch } = await machine({}, () => looks.shift() ?? []);
    expect(watch.latest.coreLoadPercent).toBeNull();
    clock.advance(1_000);
    expect(watch.latest.coreLoadPercent).toEqual([25, 0]);
    clock.advance(1_000);
    expect(watch.latest.coreLoadPercent).toBeNull(); // one was switched off
  });

  it("does not wait for a file that takes for ever, and goes on with the others", async () => {
    const { folder, clock, watch } = await machine(PI);
    await expect.poll(() => watch.latest.cpuTemperatureC, { interval: 2 }).toBe(51.54);
    const sensor = join(folder, "thermal/thermal_zone1/temp");
    await rm(sensor);
    execFileSync("mkfifo", [sensor]);
    await writeFile(join(folder, "meminfo"), "MemTotal: 4 kB\nMemAvailable: 2 kB\n");
    clock.advance(1_000);
    await expect.poll(() => watch.latest.memory, { interval: 2 }).toEqual({ totalBytes: 4_096, availableBytes: 2_048 });
    clock.advance(1_000);
    expect(watch.latest.cpuTemperatureC).toBeNull();
    await writeFile(sensor, "47000\n"); // the read that hangs ends
  });

  it("looks no more once it is closed", async () => {
    const { clock, watch } = await machine({});
    watch.close();
    watch.close();
    expect(clock.waiting).toBe(0);
  });
});
