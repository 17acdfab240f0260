/** What a camera's id may be, in words. */
export const CAMERA_ID_RULE = '1 to 64 letters, digits, "_", "." or "-", and not dots alone';

/** Whether a camera may be called so: its id is a part of addresses. */
export function isCameraId(text: string): boolean {
  return /^(?!\.+$)[\w.-]{1,64}$/.test(text);
}
