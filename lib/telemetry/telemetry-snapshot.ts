/** What a sender knows of its vehicle and of itself at one moment. */
export interface TelemetrySnapshot {
  /** When it was made, milliseconds since the epoch by the sender's clock. */
  atMs: number;
  /** Null while no vehicle is heard: never heard, or silent for 5 s. */
  vehicle: VehicleTelemetry | null;
  health: MachineHealth;
}

/** A vehicle's state, from the newest of its MAVLink messages; null where it has not told. */
export interface VehicleTelemetry {
  systemId: number;
  /** Milliseconds since its last message of any kind. */
  ageMs: number;
  /** `MAV_TYPE` without its prefix, such as `QUADROTOR`. */
  type: string | null;
  /** `MAV_AUTOPILOT` without its prefix, such as `ARDUPILOTMEGA`. */
  autopilot: string | null;
  /** Flight mode as ArduPilot or PX4 names it; else the number as text. */
  mode: string | null;
  armed: boolean | null;
  /** Degrees: roll right, pitch up and yaw clockwise are positive; yaw from -180 to 180. */
  attitude: { rollDeg: number; pitchDeg: number; yawDeg: number } | null;
  /** Where the nose points, 0 to 360, clockwise from north. */
  headingDeg: number | null;
  /** Altitudes in metres: above mean sea level, and above where it started. */
  position: {
    latitudeDeg: number;
    longitudeDeg: number;
    altitudeM: number | null;
    relativeAltitudeM: number | null;
  } | null;
  groundSpeedMps: number | null;
  airSpeedMps: number | null;
  /** Upwards. */
  climbMps: number | null;
  throttlePercent: number | null;
  /** `fix` is `GPS_FIX_TYPE` without its prefix, such as `3D_FIX`. */
  gps: { fix: string; satellites: number | null; hdop: number | null } | null;
  battery: { voltageV: number | null; currentA: number | null; remainingPercent: number | null } | null;
  /** The last `STATUSTEXT`; `severity` is `MAV_SEVERITY` without its prefix, `atMs` by the sender's clock. */
  statusText: { severity: string; text: string; atMs: number } | null;
}

/** The sender's machine; null where it does not tell. */
export interface MachineHealth {
  cpuTemperatureC: number | null;
  /** Share of each core that was busy in the last second, 0 to 100. */
  coreLoadPercent: number[] | null;
  memory: { totalBytes: number; availableBytes: number } | null;
  /** Whether the processor is slowed down now, by heat or by its supply. */
  throttled: boolean | null;
  /** Whether the supply's voltage is too low now. */
  undervoltage: boolean | null;
}
