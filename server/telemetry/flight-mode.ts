import { COPTER_MODE, PLANE_MODE, ROVER_MODE, SUB_MODE } from "./mavlink/enum-names.generated.js";

const ARDUPILOT = 3;
const PX4 = 12;

/** `MAV_TYPE`s by what of ArduPilot flies, drives or dives them. */
const ARDUPILOT_MODES: readonly [types: readonly number[], names: Record<number, string>][] = [
  [[2, 3, 4, 13, 14, 15, 29, 35, 43], COPTER_MODE],
  [[1, 19, 20, 21, 22, 23, 24, 25], PLANE_MODE],
  [[10, 11], ROVER_MODE],
  [[12], SUB_MODE],
];

/** PX4's main modes by number, and those within AUTO. */
const PX4_MODES = [
  ...["", "MANUAL", "ALTCTL", "POSCTL", "AUTO", "ACRO", "OFFBOARD", "STABILIZED", "RATTITUDE", "SIMPLE"],
  "TERMINATION",
];
const PX4_AUTO = [
  ...["", "READY", "TAKEOFF", "LOITER", "MISSION", "RTL", "LAND", "", "FOLLOW_TARGET", "PRECLAND", "VTOL_TAKEOFF"],
];
const PX4_AUTO_MODE = 4;

/** What of a HEARTBEAT says the mode; numbers as they came. */
export interface ModeSource {
  type: number;
  autopilot: number;
  customMode: number;
}

/**
 * The flight mode's name as ArduPilot (`GUIDED`) or PX4 (`AUTO.MISSION`) has it; else the number as text.
 * @see https://docs.px4.io/main/en/concept/flight_modes.html
 */
export function flightMode({ type, autopilot, customMode }: ModeSource): string {
  const name = autopilot === PX4 ? px4Mode(customMode) : autopilot === ARDUPILOT && ardupilotMode(type, customMode);
  return name || String(customMode);
}

function ardupilotMode(type: number, customMode: number): string | undefined {
  return ARDUPILOT_MODES.find(([types]) => types.includes(type))?.[1][customMode];
}

/** The third byte is the main mode, and the fourth the one within it. */
function px4Mode(customMode: number): string | undefined {
  const main = (customMode >>> 16) & 0xff;
  const within = main === PX4_AUTO_MODE ? PX4_AUTO[customMode >>> 24] : "";
  return within ? `${PX4_MODES[main]}.${within}` : PX4_MODES[main];
}
