/** A part of a view, in CSS pixels. */
export interface Area {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Where everything is on a view, in CSS pixels. */
export interface OverlayLayout {
  /** The height of text. All other sizes follow it. */
  textSize: number;
  /** To the edges of the view. */
  margin: number;
  /** Of an instrument; 0 where there is no room for one. */
  diameter: number;
  graph: Area;
}

const TEXT = { share: 0.0225, smallest: 12, largest: 56 };
const INSTRUMENT = { heightShare: 0.28, widthShare: 0.3, smallest: 64 };
/** Lines of telemetry and the space around them, in heights of text. */
const LINES = 15;
const GRAPH = { width: 26, height: 8 };
/** The buttons are there, in heights of text. */
const BUTTONS = 4;

/** Sizes that can be read on a telephone and on a large screen: they grow with the view. */
export function layOutOverlay(width: number, height: number): OverlayLayout {
  const wanted = Math.min(width, height * 1.2) * TEXT.share;
  const textSize = Math.round(Math.min(Math.max(wanted, TEXT.smallest), TEXT.largest));
  const margin = Math.round(textSize * 0.75);
  const room = Math.min(height * INSTRUMENT.heightShare, width * INSTRUMENT.widthShare);
  const free = height - LINES * textSize - 2 * margin;
  const fitting = Math.floor(Math.min(room, Math.max(free, 0)));
  const diameter = fitting < INSTRUMENT.smallest ? 0 : fitting;
  return { textSize, margin, diameter, graph: graphArea({ width, height, textSize, margin, diameter }) };
}

interface GraphRoom {
  width: number;
  height: number;
  textSize: number;
  margin: number;
  diameter: number;
}

/** Between the instruments where it fits, above them elsewhere. */
function graphArea({ width, height, textSize, margin, diameter }: GraphRoom): Area {
  const between = width - 2 * (diameter + 2 * margin);
  const wanted = GRAPH.width * textSize;
  const fits = between >= wanted;
  const graphWidth = Math.min(wanted, fits ? between : width - 2 * margin);
  const graphHeight = GRAPH.height * textSize;
  const below = fits ? BUTTONS * textSize : diameter + 2 * margin;
  return { x: (width - graphWidth) / 2, y: height - below - graphHeight, width: graphWidth, height: graphHeight };
}
