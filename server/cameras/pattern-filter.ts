import { FRAME_COUNTER } from "./frame-counter.js";

const { columns, rows, firstBit, bits, firstCheck, checkBits } = FRAME_COUNTER;

/** What the test picture looks like. */
export interface PatternFilterOptions {
  width: number;
  height: number;
  fps: number;
  /** Whether a running clock is shown, and the label; they need a font that ffmpeg finds. */
  letters: boolean;
  /** Tells pictures apart: letters, digits, `_`, `.` and `-`. */
  label: string | undefined;
}

/**
 * The lavfi graph of the test picture: moving, paced in real time, numbered.
 * One `drawbox` a bit is nearly free, where `geq` costs more than encoding does.
 */
export function patternFilter(options: PatternFilterOptions): string {
  const { width, height, fps, label } = options;
  const filters = [
    `testsrc2=size=${width}x${height}:rate=${fps}`,
    "format=yuv420p",
    // Sleeps until each picture is due; `-re` looks only every 10 ms.
    "realtime",
    ...(options.letters ? [textFilter("%{localtime\\:%T}  %{pts\\:hms}", height, 2)] : []),
    ...(options.letters && label !== undefined ? [textFilter(label, height, 4)] : []),
    ...counterFilters(width, height),
  ];
  return filters.join(",");
}

/** Draws the frame counter into the top row of any picture. */
export function counterFilters(width: number, height: number): string[] {
  const edge = (cell: number): number => Math.round((cell * width) / columns);
  const rowHeight = Math.round(height / rows);
  const box = (first: number, last: number, color: string, enable?: string): string =>
    `drawbox=x=${edge(first)}:y=0:w=${edge(last + 1) - edge(first)}:h=${rowHeight}:color=${color}:t=fill` +
    (enable === undefined ? "" : `:enable='${enable}'`);
  const bit = (index: number): string => `mod(floor(n/${2 ** index}),2)`;
  const cells = [box(0, columns - 1, "black"), box(0, 0, "white"), box(columns - 1, columns - 1, "white")];
  for (let cell = 0; cell < bits; cell++) {
    cells.push(box(firstBit + cell, firstBit + cell, "white", bit(bits - 1 - cell)));
  }
  for (let cell = 0; cell < checkBits; cell++) {
    const sum = Array.from({ length: bits / checkBits }, (_, group) => bit(group * checkBits + checkBits - 1 - cell));
    cells.push(box(firstCheck + cell, firstCheck + cell, "white", `mod(${sum.join("+")},2)`));
  }
  return cells;
}

/** A line of text, so many lines above the lower edge. */
function textFilter(text: string, height: number, lines: number): string {
  const size = Math.max(12, Math.round(height / 12));
  const look = `fontsize=${size}:fontcolor=white:box=1:boxcolor=black@0.7:boxborderw=${Math.round(size / 4)}`;
  return `drawtext=text='${text}':x=(w-tw)/2:y=h-${lines}*th:${look}`;
}
