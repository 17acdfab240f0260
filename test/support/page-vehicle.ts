import { createSocket } from "node:dgram";
import { ardupilotmega, common, type MavLinkData, MavLinkProtocolV2, minimal } from "node-mavlink";
import type { Finished } from "./peer-program.js";

/** What a vehicle tells of itself, in the units of the page. */
export interface VehicleStory {
  armed: boolean;
  rollDeg: number;
  pitchDeg: number;
  headingDeg: number;
  groundSpeedMps: number;
  airSpeedMps: number;
  climbMps: number;
  relativeAltitudeM: number;
  satellites: number;
  voltageV: number;
  currentA: number;
  remainingPercent: number;
  text: string;
}

const PROTOCOL = new MavLinkProtocolV2(7, 1);
const INTERVAL_MS = 50;
const RADIANS = Math.PI / 180;

/** A quadcopter that loiters, of which node-mavlink writes the packets: the same again and again until the test is over. */
export class PageVehicle {
  #story: VehicleStory;

  constructor(port: number, story: VehicleStory, finished: Finished) {
    this.#story = story;
    const socket = createSocket("udp4");
    let sequence = 0;
    const timer = setInterval(() => {
      for (const message of messagesOf(this.#story)) {
        socket.send(PROTOCOL.serialize(message, sequence++ & 0xff), port, "127.0.0.1");
      }
    }, INTERVAL_MS);
    finished(async () => {
      clearInterval(timer);
      socket.close();
    });
  }

  /** From now on it tells this. */
  tell(story: VehicleStory): void {
    this.#story = story;
  }
}

function messagesOf(story: VehicleStory): MavLinkData[] {
  return [...stateOf(story), ...motionOf(story)];
}

function stateOf({ armed, satellites, voltageV, currentA, remainingPercent, text }: VehicleStory): MavLinkData[] {
  const heartbeat = Object.assign(new minimal.Heartbeat(), {
    ...{ type: minimal.MavType.QUADROTOR, autopilot: minimal.MavAutopilot.ARDUPILOTMEGA },
    ...{ baseMode: armed ? 0x81 : 0x01, customMode: ardupilotmega.CopterMode.LOITER, systemStatus: 4 },
    mavlinkVersion: 3,
  });
  const gps = Object.assign(new common.GpsRawInt(), {
    ...{ fixType: common.GpsFixType.GPS_FIX_TYPE_3D_FIX, satellitesVisible: satellites, eph: 80 },
  });
  const battery = Object.assign(new common.SysStatus(), {
    ...{ voltageBattery: voltageV * 1_000, currentBattery: currentA * 100, batteryRemaining: remainingPercent },
  });
  const status = Object.assign(new common.StatusText(), { severity: common.MavSeverity.INFO, text });
  return [heartbeat, gps, battery, status];
}

function motionOf(story: VehicleStory): MavLinkData[] {
  const { rollDeg, pitchDeg, headingDeg, groundSpeedMps, airSpeedMps, climbMps, relativeAltitudeM } = story;
  const attitude = Object.assign(new common.Attitude(), {
    ...{ timeBootMs: 5_000, roll: rollDeg * RADIANS, pitch: pitchDeg * RADIANS, yaw: headingDeg * RADIANS },
  });
  const position = Object.assign(new common.GlobalPositionInt(), {
    ...{ timeBootMs: 5_000, lat: 521_234_567, lon: -134_567_890, alt: 60_000, hdg: headingDeg * 100 },
    relativeAlt: relativeAltitudeM * 1_000,
  });
  const hud = Object.assign(new common.VfrHud(), {
    ...{ airspeed: airSpeedMps, groundspeed: groundSpeedMps, climb: climbMps, heading: headingDeg, throttle: 42 },
  });
  return [attitude, position, hud];
}
