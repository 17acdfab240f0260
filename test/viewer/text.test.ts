import { describe, expect, it } from "vitest";
import type { TelemetrySnapshot, VehicleTelemetry } from "../../lib/telemetry/telemetry-snapshot.js";
import { machineLines } from "../../viewer/overlay/machine-lines.js";
import { pictureLines } from "../../viewer/overlay/picture-lines.js";
import { quantity, type TextLine } from "../../viewer/overlay/text-line.js";
import { headingDegrees, vehicleLines } from "../../viewer/overlay/vehicle-lines.js";
import { wrapText } from "../../viewer/overlay/wrap-text.js";

const SILENT_MACHINE = {
  cpuTemperatureC: null,
  coreLoadPercent: null,
  memory: null,
  throttled: null,
  undervoltage: null,
};
const UNKNOWN: VehicleTelemetry = {
  ...{ systemId: 1, ageMs: 20, type: null, autopilot: null, mode: null, armed: null, attitude: null, headingDeg: null },
  ...{ position: null, groundSpeedMps: null, airSpeedMps: null, climbMps: null, throttlePercent: null, gps: null },
  ...{ battery: null, statusText: null },
};
const KNOWN: VehicleTelemetry = {
  ...UNKNOWN,
  ...{ mode: "GUIDED", armed: true, headingDeg: 271.4, groundSpeedMps: 12.34, airSpeedMps: 0, climbMps: -0.04 },
  position: { latitudeDeg: 47, longitudeDeg: 8, altitudeM: 450.1, relativeAltitudeM: 102.44 },
  gps: { fix: "3D_FIX", satellites: 12, hdop: 0.8 },
  battery: { voltageV: 15.2, currentA: 12.1, remainingPercent: 19 },
  statusText: { severity: "WARNING", text: "Check the mounting", atMs: 1 },
};

const of = (vehicle: VehicleTelemetry | null): TelemetrySnapshot => ({ atMs: 0, vehicle, health: SILENT_MACHINE });
const words = (lines: TextLine[]): string[] => lines.map(({ label, value }) => `${label} ${value}`.trim());

describe("vehicleLines", () => {
  it("tells everything that is known, with units", () => {
    expect(words(vehicleLines(of(KNOWN)))).toEqual([
      ...["mode GUIDED", "ARMED", "ground 12.3 m/s", "air 0.0 m/s", "altitude 102.4 m", "climb 0.0 m/s"],
      ...["heading 271°", "GPS 3D FIX  12 sat", "battery 15.2 V  12.1 A  19 %", "Check the mounting"],
    ]);
  });

  it("has a dash for what is not known, never a zero", () => {
    const lines = vehicleLines(of(UNKNOWN));
    expect(lines.map(({ label }) => label)).toEqual([
      ...["mode", "armed", "ground", "air", "altitude", "climb", "heading", "GPS", "battery"],
    ]);
    expect(new Set(lines.map(({ value }) => value))).toEqual(new Set(["—"]));
  });

  it("says that there is no vehicle, or no telemetry at all", () => {
    expect(words(vehicleLines(of(null)))).toEqual(["no vehicle"]);
    expect(words(vehicleLines(undefined))).toEqual(["no telemetry"]);
  });

  it("says how long the vehicle has been silent", () => {
    expect(vehicleLines(of({ ...KNOWN, ageMs: 3_100 }))[0]).toEqual({
      label: "",
      value: "silent for 3 s",
      tone: "danger",
    });
  });

  it("shows an old text as such, however bad its news were", () => {
    const statusText = { severity: "EMERGENCY", text: "Crash", atMs: 1_000 };
    const tones = [31_000, 31_001].map((atMs) => vehicleLines({ ...of({ ...KNOWN, statusText }), atMs }).at(-1)?.tone);
    expect(tones).toEqual(["danger", "dim"]);
  });

  it("does not take the height above the sea for that above the start", () => {
    const position = { latitudeDeg: 0, longitudeDeg: 0, altitudeM: 450.1, relativeAltitudeM: null };
    expect(words(vehicleLines(of({ ...UNKNOWN, position })))).toContain("above sea 450.1 m");
  });

  it.for<[changes: Partial<VehicleTelemetry>, value: string, tone: TextLine["tone"]]>([
    [{ battery: { voltageV: 10, currentA: null, remainingPercent: 20 } }, "10.0 V  20 %", "plain"],
    [{ battery: { voltageV: 10, currentA: null, remainingPercent: 19 } }, "10.0 V  19 %", "danger"],
    [{ battery: { voltageV: null, currentA: null, remainingPercent: null } }, "—", "dim"],
    [{ gps: { fix: "NO_FIX", satellites: null, hdop: null } }, "NO FIX  — sat", "notice"],
    [{ armed: false }, "disarmed", "plain"],
    [{ statusText: { severity: "EMERGENCY", text: "Crash", atMs: 1 } }, "Crash", "danger"],
    [{ statusText: { severity: "INFO", text: "Ready", atMs: 1 } }, "Ready", "plain"],
  ])("%j stands out as it should", ([changes, value, tone]) => {
    const line = vehicleLines(of({ ...KNOWN, ...changes })).find((candidate) => candidate.value === value);
    expect(line?.tone).toBe(tone);
  });

  it.for([
    [359.6, 0],
    [360, 0],
    [-0.4, 0],
    [-90, 270],
    [271.4, 271],
  ])("turns the heading %d into %d", ([heading, expected]) => {
    expect(headingDegrees(heading as number)).toBe(expected);
  });
});

describe("machineLines", () => {
  it("tells temperature, load, memory and what is wrong", () => {
    const memory = { totalBytes: 951 * 2 ** 20, availableBytes: 500 * 2 ** 20 };
    const health = { cpuTemperatureC: 80.4, coreLoadPercent: [10, 30], memory, throttled: true, undervoltage: true };
    const lines = machineLines(health);
    expect(words(lines)).toEqual(["CPU 80 °C", "load 20 %", "memory 451 of 951 MB", "UNDERVOLTAGE", "THROTTLED"]);
    expect(lines[0]?.tone).toBe("danger");
  });

  it("has dashes for a machine that does not tell, and nothing without telemetry", () => {
    expect(words(machineLines(SILENT_MACHINE))).toEqual(["CPU —", "load —", "memory —"]);
    expect(machineLines({ ...SILENT_MACHINE, coreLoadPercent: [] })[1]?.value).toBe("—");
    expect(machineLines(undefined)).toEqual([]);
  });
});

describe("pictureLines", () => {
  const figures = { camera: "front", fps: 29.97, dropped: 3, transport: "whep" } as const;

  it("tells the latency with how sure it is", () => {
    expect(words(pictureLines({ ...figures, latencyMs: 42.4, uncertaintyMs: 0.54 }))).toEqual([
      ...["camera front", "latency 42 ms one-way ±0.5", "pictures 30.0 fps", "dropped 3", "by WebRTC"],
    ]);
  });

  it.for([
    [42, null],
    [null, 0.5],
  ])("does not know the latency of %j ms within %j ms", ([latencyMs, uncertaintyMs]) => {
    const lines = pictureLines({ ...figures, latencyMs: latencyMs ?? null, uncertaintyMs: uncertaintyMs ?? null });
    expect(words(lines)).toContain("latency unknown");
  });

  it("has a dash for no transport", () => {
    const lines = pictureLines({ ...figures, latencyMs: null, uncertaintyMs: null, transport: undefined });
    expect(words(lines)).toContain("by —");
  });
});

describe("quantity", () => {
  it.for([
    [1.25, "V", 1, "1.3 V"],
    [-0.04, "m/s", 1, "0.0 m/s"],
    [-0.06, "m/s", 1, "-0.1 m/s"],
    [-0.4, "°", 0, "0°"],
    [null, "V", 1, null],
    [Number.NaN, "V", 1, null],
  ] as const)("%d %s", ([value, unit, digits, expected]) => {
    expect(quantity(value, unit, digits)).toBe(expected);
  });
});

describe("wrapText", () => {
  const fits = (text: string): boolean => text.length <= 10;

  it.for([
    ["short", 3, ["short"]],
    ["one two three four", 3, ["one two", "three four"]],
    ["unbreakable-word and more", 3, ["unbreakable-word", "and more"]],
    ["one two three four five six seven", 2, ["one two", "three four five six seven"]],
  ] as const)("%s in %d lines", ([text, maxLines, expected]) => {
    expect(wrapText(text, fits, maxLines)).toEqual(expected);
  });
});
