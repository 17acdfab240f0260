/** How much pitch the instrument shows from its middle to its edge. */
const EDGE_DEG = 30;
const LADDER_STEP_DEG = 5;
const LADDER_LABEL_DEG = 10;
const STEEPEST_DEG = 90;

/** One rung of the ladder beside the horizon. */
export interface Rung {
  pitchDeg: number;
  /** Below the middle, in radii, before the whole is turned. */
  y: number;
  hasLabel: boolean;
}

/** How an attitude indicator is drawn. */
export interface Horizon {
  /** By how much sky and earth are turned, clockwise, in radians: the other way than the vehicle rolls. */
  rotation: number;
  /** Where the horizon is, in radii below the middle before it is turned; beyond 1 only sky or earth is seen. */
  y: number;
  rungs: Rung[];
}

/** Where the horizon is seen by a pilot: it sinks when the nose goes up, and tips left when the vehicle rolls right. */
export function horizonOf({ rollDeg, pitchDeg }: { rollDeg: number; pitchDeg: number }): Horizon {
  const rungs: Rung[] = [];
  for (let rungDeg = -STEEPEST_DEG; rungDeg <= STEEPEST_DEG; rungDeg += LADDER_STEP_DEG) {
    const y = (pitchDeg - rungDeg) / EDGE_DEG;
    if (rungDeg !== 0 && Math.abs(y) < 1)
      rungs.push({ pitchDeg: rungDeg, y, hasLabel: rungDeg % LADDER_LABEL_DEG === 0 });
  }
  return { rotation: (-rollDeg * Math.PI) / 180, y: pitchDeg / EDGE_DEG, rungs };
}
