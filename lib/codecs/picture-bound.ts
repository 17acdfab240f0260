import type { StreamParameters } from "./stream-parameters.js";

/** The largest picture that is taken: as many as the highest level of H.264 has, 139264 blocks of 16 by 16: 8192 by 4352. @see ITU-T H.264 table A-1 */
export const MAX_PIXELS = 139_264 * 256;

/** Why pictures are not taken: a few bytes may say that they are so large that no machine has the memory. */
export function pictureProblem({ width, height }: Pick<StreamParameters, "width" | "height">): string | undefined {
  if (width * height <= MAX_PIXELS) return undefined;
  return `its pictures are ${width}x${height}, which is too large; ${MAX_PIXELS} pixels are allowed`;
}
