/**
 * What a NAL unit means for where access units begin and end:
 * - `delimiter`: access unit delimiter; a new access unit begins, nothing of it is needed
 * - `leading`: parameter set or SEI that stands before a picture; behind a slice it begins a new access unit
 * - `first-slice`: first slice of a picture; behind another slice it begins a new access unit
 * - `slice`: a further slice of the same picture
 * - `trailing`: belongs to the picture before it, such as a suffix SEI or an end of sequence
 * - `padding`: filler data, or not a NAL unit at all; belongs to nothing
 *
 * @see ITU-T H.264 7.4.1.2.3, H.265 7.4.2.4.4
 */
export type NalRole = "delimiter" | "leading" | "first-slice" | "slice" | "trailing" | "padding";

/** Whether a NAL unit of this role carries a part of the picture itself. */
export function isSlice(role: NalRole): boolean {
  return role === "first-slice" || role === "slice";
}

/** Whether a NAL unit of this role is part of an access unit's data as we hold it. */
export function isKept(role: NalRole): boolean {
  return role !== "delimiter" && role !== "padding";
}
