import { refusedPickle } from "./refused-pickle.js";

// Modules and names as they stand in pickles: numpy 2 moved its own, and protocol 2 speaks of Python 2's builtins.
const NAMES = {
  "numpy.core.multiarray\n_reconstruct": "reconstruct",
  "numpy._core.multiarray\n_reconstruct": "reconstruct",
  "numpy.core.numeric\n_frombuffer": "frombuffer",
  "numpy._core.numeric\n_frombuffer": "frombuffer",
  "numpy\nndarray": "ndarray",
  "numpy\ndtype": "dtype",
  "_codecs\nencode": "encode",
  "builtins\nbytearray": "bytearray",
  "__builtin__\nbytearray": "bytearray",
} as const;

/** What a pickle may speak of. These are words and no more: nothing is looked up by them. */
export type PickleName = (typeof NAMES)[keyof typeof NAMES];

const KNOWN: ReadonlyMap<string, PickleName> = new Map(Object.entries(NAMES));

/** Longer than any of the modules and names above. */
export const MAX_NAME_BYTES = 64;

/**
 * The name that a pickle speaks of.
 * @throws StreamError `invalid-data` where it is none of the few that an array of uint8 needs
 */
export function knownName(module: Buffer, name: Buffer): PickleName {
  const isLong = module.length > MAX_NAME_BYTES || name.length > MAX_NAME_BYTES;
  const known = isLong ? undefined : KNOWN.get(`${module.toString("latin1")}\n${name.toString("latin1")}`);
  if (!known) throw refusedPickle(`that names ${printable(module)}.${printable(name)}`);
  return known;
}

function printable(word: Buffer): string {
  const start = word.toString("latin1", 0, MAX_NAME_BYTES).replace(/[^\x21-\x7e]/g, "?");
  return word.length > MAX_NAME_BYTES ? `${start}…` : start;
}
