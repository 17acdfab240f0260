import type { Browser } from "playwright-core";
import { afterAll, expect, it } from "vitest";
import { Telemetry } from "../../server/telemetry/telemetry.js";
import { CHROMIUM, launchChromium } from "../support/chromium.js";
import { fixturePath } from "../support/fixture-path.js";
import { servePage } from "../support/page-stage.js";
import { PATIENCE, PageTab } from "../support/page-tab.js";
import { PageVehicle, type VehicleStory } from "../support/page-vehicle.js";
import { freeUdpPort } from "../support/peer-ports.js";
import { describePeers, type Finished } from "../support/peer-program.js";
import { difference, referencePicture } from "../support/reference-picture.js";
import { ToldTelemetry } from "../support/told-telemetry.js";

const SIZE = { width: 640, height: 480 };
const PARTS = {
  compass: { x: 0, y: 326, width: 154, height: 154 },
  attitude: { x: 486, y: 326, width: 154, height: 154 },
  vehicle: { x: 325, y: 0, width: 315, height: 200 },
  machine: { x: 0, y: 97, width: 320, height: 96 },
};
type Part = keyof typeof PARTS;

/** Of 255; with the same browser and fonts it is 0, and with other values 6 and more. */
const ALIKE = 2.5;
const FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf";

const LEVEL: VehicleStory = {
  ...{ armed: false, rollDeg: 0, pitchDeg: 0, headingDeg: 0, groundSpeedMps: 0, airSpeedMps: 0.5, climbMps: 0 },
  ...{ relativeAltitudeM: 0, satellites: 7, voltageV: 16.6, currentA: 0.5, remainingPercent: 98, text: "EKF3 active" },
};
const BANKED: VehicleStory = {
  ...{ armed: true, rollDeg: 30, pitchDeg: 10, headingDeg: 135, groundSpeedMps: 12.25, airSpeedMps: 14.5 },
  ...{ climbMps: -1.5, relativeAltitudeM: 87.5, satellites: 14, voltageV: 14.8, currentA: 21.5, remainingPercent: 17 },
  text: "Low battery",
};

let browser: Browser | undefined;
afterAll(() => browser?.close());

/** Opens a page whose camera has such telemetry. */
async function open(telemetry: Telemetry | ToldTelemetry, finished: Finished): Promise<PageTab> {
  browser ??= await launchChromium({ FONTCONFIG_FILE: fixturePath("page/fonts.conf") });
  const { origin } = await servePage({ fps: 5, telemetry }, finished);
  const tab = await PageTab.open(browser, origin, SIZE, finished);
  await tab.shows(["bow"]);
  return tab;
}

/** A part looks as it did when its reference picture was made. */
async function expectDrawn(tab: PageTab, part: Part, state: string): Promise<void> {
  const { width, height } = PARTS[part];
  const reference = await referencePicture(`${part}-${state}`, {
    ...{ width, height, data: await tab.overlay("bow", PARTS[part]) },
  });
  const look = async (): Promise<number> => difference(await tab.overlay("bow", PARTS[part]), reference, width);
  await expect.poll(look, { ...PATIENCE, message: `${part}, ${state}` }).toBeLessThan(ALIKE);
}

/** What a part shows now is not what that reference picture has. */
async function expectOther(tab: PageTab, part: Part, state: string): Promise<void> {
  const data = await tab.overlay("bow", PARTS[part]);
  const { width, height } = PARTS[part];
  const reference = await referencePicture(`${part}-${state}`, { width, height, data });
  expect(difference(data, reference, width), `${part}, ${state}`).toBeGreaterThan(2 * ALIKE);
}

describePeers("the page's overlays", ["ffmpeg", "ffprobe", FONT, CHROMIUM], () => {
  it("say and draw what node-mavlink's vehicle tells, and nothing without one", async ({
    onTestFinished: finished,
  }) => {
    const port = await freeUdpPort();
    const telemetry = new Telemetry({ link: `mavlink-udp://:${port}`, rateHz: 20 });
    finished(() => telemetry.close());
    const tab = await open(telemetry, finished);
    const vehicleTold = async () => (await tab.status()).telemetry?.vehicle;

    await expect.poll(vehicleTold, PATIENCE).toBe(null);
    await expect.poll(() => tab.values("bow"), PATIENCE).toMatch(/, no vehicle$/);
    expect([await tab.ink("bow", PARTS.compass), await tab.ink("bow", PARTS.attitude)]).toEqual([0, 0]);
    await expectDrawn(tab, "vehicle", "none");

    const vehicle = new PageVehicle(port, LEVEL, finished);
    await expect.poll(vehicleTold, PATIENCE).toMatchObject(snapshotOf(LEVEL));
    await expect
      .poll(() => tab.values("bow"), PATIENCE)
      .toContain(
        "mode LOITER, disarmed, ground 0.0 m/s, air 0.5 m/s, altitude 0.0 m, climb 0.0 m/s, heading 0°, " +
          "GPS 3D FIX  7 sat, battery 16.6 V  0.5 A  98 %, EKF3 active",
      );
    for (const part of ["compass", "attitude", "vehicle"] as const) await expectDrawn(tab, part, "level");

    vehicle.tell(BANKED);
    await expect.poll(vehicleTold, PATIENCE).toMatchObject(snapshotOf(BANKED));
    await expect
      .poll(() => tab.values("bow"), PATIENCE)
      .toContain(
        "mode LOITER, ARMED, ground 12.3 m/s, air 14.5 m/s, altitude 87.5 m, climb -1.5 m/s, heading 135°, " +
          "GPS 3D FIX  14 sat, battery 14.8 V  21.5 A  17 %, Low battery",
      );
    for (const part of ["compass", "attitude", "vehicle"] as const) {
      await expectDrawn(tab, part, "banked");
      await expectOther(tab, part, "level");
    }

    // A little less is seen as well: the pictures do not only tell one extreme from another.
    vehicle.tell({ ...BANKED, headingDeg: 120, rollDeg: 20 });
    await expect.poll(async () => (await vehicleTold())?.attitude?.rollDeg, PATIENCE).toBeCloseTo(20, 3);
    await expect.poll(() => tab.values("bow"), PATIENCE).toContain("heading 120°");
    for (const part of ["compass", "attitude"] as const) await expectOther(tab, part, "banked");
  });

  it("say and draw how the sender's machine is", async ({ onTestFinished: finished }) => {
    const memory = { totalBytes: 4_000 * 2 ** 20, availableBytes: 1_500 * 2 ** 20 };
    const fine = { cpuTemperatureC: 51.4, coreLoadPercent: [10, 20, 30, 40], memory };
    const telemetry = new ToldTelemetry({ ...fine, throttled: false, undervoltage: false });
    finished(() => telemetry.close());
    const tab = await open(telemetry, finished);
    await expect.poll(() => tab.values("bow"), PATIENCE).toContain("CPU 51 °C, load 25 %, memory 2500 of 4000 MB, no");
    await expectDrawn(tab, "machine", "fine");

    telemetry.tell({ ...fine, cpuTemperatureC: 83, throttled: true, undervoltage: true });
    await expect.poll(() => tab.values("bow"), PATIENCE).toContain("CPU 83 °C, load 25 %");
    await expect.poll(() => tab.values("bow"), PATIENCE).toContain("MB, UNDERVOLTAGE, THROTTLED, no vehicle");
    await expectDrawn(tab, "machine", "hot");
    await expectOther(tab, "machine", "fine");

    const unknown = { cpuTemperatureC: null, coreLoadPercent: null, memory: null, throttled: null, undervoltage: null };
    telemetry.tell(unknown);
    await expect.poll(() => tab.values("bow"), PATIENCE).toContain("CPU —, load —, memory —, no vehicle");
  });
});

/** What the page must be told of a vehicle that tells this. */
function snapshotOf(story: VehicleStory): object {
  const near = (value: number): number => expect.closeTo(value, 3);
  const { armed, rollDeg, pitchDeg, headingDeg, groundSpeedMps, airSpeedMps, climbMps, text } = story;
  const { relativeAltitudeM, satellites, voltageV, currentA, remainingPercent } = story;
  return {
    ...{ systemId: 7, type: "QUADROTOR", autopilot: "ARDUPILOTMEGA", mode: "LOITER", armed, headingDeg },
    attitude: { rollDeg: near(rollDeg), pitchDeg: near(pitchDeg), yawDeg: near(headingDeg) },
    position: { latitudeDeg: 52.1234567, longitudeDeg: -13.456789, altitudeM: 60, relativeAltitudeM },
    ...{ groundSpeedMps, airSpeedMps, climbMps, throttlePercent: 42 },
    gps: { fix: "3D_FIX", satellites, hdop: 0.8 },
    battery: { voltageV, currentA, remainingPercent },
    statusText: { severity: "INFO", text },
  };
}
