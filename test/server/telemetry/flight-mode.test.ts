import { expect, it } from "vitest";
import { flightMode } from "../../../server/telemetry/flight-mode.js";

const [ARDUPILOT, PX4] = [3, 12];
const px4 = (main: number, within = 0): number => main * 0x1_0000 + within * 0x100_0000;

it.each([
  ["a quadcopter", { type: 2, autopilot: ARDUPILOT, customMode: 4 }, "GUIDED"],
  ["a hexacopter", { type: 13, autopilot: ARDUPILOT, customMode: 6 }, "RTL"],
  ["a helicopter", { type: 4, autopilot: ARDUPILOT, customMode: 0 }, "STABILIZE"],
  ["a plane", { type: 1, autopilot: ARDUPILOT, customMode: 0 }, "MANUAL"],
  ["a quadplane", { type: 20, autopilot: ARDUPILOT, customMode: 17 }, "QSTABILIZE"],
  ["a rover", { type: 10, autopilot: ARDUPILOT, customMode: 4 }, "HOLD"],
  ["a boat", { type: 11, autopilot: ARDUPILOT, customMode: 10 }, "AUTO"],
  ["a submarine", { type: 12, autopilot: ARDUPILOT, customMode: 19 }, "MANUAL"],
  ["a mode that nobody knows", { type: 2, autopilot: ARDUPILOT, customMode: 99 }, "99"],
  ["a blimp", { type: 7, autopilot: ARDUPILOT, customMode: 1 }, "1"],
  ["PX4 by hand", { type: 2, autopilot: PX4, customMode: px4(1) }, "MANUAL"],
  ["PX4 holding its position", { type: 2, autopilot: PX4, customMode: px4(3) }, "POSCTL"],
  ["PX4 on a mission", { type: 2, autopilot: PX4, customMode: px4(4, 4) }, "AUTO.MISSION"],
  ["PX4 coming home", { type: 1, autopilot: PX4, customMode: px4(4, 5) }, "AUTO.RTL"],
  ["PX4 in a kind of AUTO that nobody knows", { type: 2, autopilot: PX4, customMode: px4(4, 200) }, "AUTO"],
  ["PX4 in a mode that nobody knows", { type: 2, autopilot: PX4, customMode: px4(77) }, String(77 * 0x1_0000)],
  ["another autopilot", { type: 2, autopilot: 4, customMode: 3 }, "3"],
])("the flight mode of %s", (_whose, source, name) => {
  expect(flightMode(source)).toBe(name);
});
