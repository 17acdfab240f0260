/** What a viewer can want. */
export type Command =
  | { name: "overlays" | "full-screen" | "snapshot" | "record" | "latency" | "all-cameras" | "stop" | "help" }
  /** Counts from 0. */
  | { name: "camera"; index: number };

/** A key that was pressed. */
export interface KeyPress {
  key: string;
  ctrlKey: boolean;
  altKey: boolean;
  metaKey: boolean;
  /** Held down. */
  repeat: boolean;
}

const KEYS: Readonly<Record<string, Command>> = {
  o: { name: "overlays" },
  f: { name: "full-screen" },
  s: { name: "snapshot" },
  r: { name: "record" },
  l: { name: "latency" },
  q: { name: "stop" },
  "0": { name: "all-cameras" },
  "?": { name: "help" },
};

/** What a key stands for; undefined for one that is the browser's, or nobody's. */
export function commandOf({ key, ctrlKey, altKey, metaKey, repeat }: KeyPress): Command | undefined {
  if (ctrlKey || altKey || metaKey || repeat) return undefined;
  if (/^[1-9]$/.test(key)) return { name: "camera", index: Number(key) - 1 };
  return Object.hasOwn(KEYS, key.toLowerCase()) ? KEYS[key.toLowerCase()] : undefined;
}
