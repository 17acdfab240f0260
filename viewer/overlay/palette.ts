/** Colours that can be told apart in sunlight and on any picture. */
export const PALETTE = {
  label: "#ffffff",
  value: "#ffe14d",
  dim: "#d5dbe1",
  notice: "#ffae2b",
  danger: "#ffffff",
  dangerGround: "#c2160f",
  outline: "#000000",
  dial: "#000000a6",
  dialEdge: "#ffffff",
  sky: "#1f6fc4",
  earth: "#7a4a1c",
  graphLine: "#ffe14d",
  graphArea: "#ffae2b80",
} as const;

/** Every text of the overlays. */
export const FONT_FAMILY = "system-ui, sans-serif";
