import { StreamError } from "../errors.js";

/** The error for a pickle that is not read; `which` goes on from "a pickle …". */
export function refusedPickle(which: string): StreamError {
  return new StreamError("invalid-data", `a pickle ${which} is refused`);
}
