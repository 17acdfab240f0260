/**
 * What a test looks at the page with, as `window.probe`. It runs in the browser before the page's own script, and takes
 * nothing from the page but its document.
 */
export const PAGE_PROBE = `globalThis.probe = {
  violations: [],

  canvas(camera, kind) {
    return document.querySelector('.view[data-camera="' + camera + '"] canvas.' + kind);
  },

  /** A rectangle of a canvas on a ground of one colour: its bytes as base64, RGBA. */
  pixels(canvas, { x, y, width, height }, ground = "#404040") {
    const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
    context.fillStyle = ground;
    context.fillRect(0, 0, width, height);
    context.drawImage(canvas, -x, -y);
    let text = "";
    for (const byte of context.getImageData(0, 0, width, height).data) text += String.fromCharCode(byte);
    return btoa(text);
  },

  /** The row of a camera's picture that has its number. */
  counterRow(camera) {
    const canvas = this.canvas(camera, "picture");
    if (!canvas) return undefined;
    const { width, height } = canvas;
    const row = Math.floor(height / 30 / 2);
    return { width, height, row, pixels: this.pixels(canvas, { x: 0, y: row, width, height: 1 }) };
  },

  /** How much of a camera's overlay is drawn on, 0 to 1. */
  ink(camera, area) {
    const canvas = this.canvas(camera, "overlay");
    const { width, height } = area ?? canvas;
    const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
    context.drawImage(canvas, -(area?.x ?? 0), -(area?.y ?? 0));
    const { data } = context.getImageData(0, 0, width, height);
    let drawn = 0;
    for (let index = 3; index < data.length; index += 4) if (data[index] > 0) drawn++;
    return drawn / (width * height);
  },

  status() {
    const { views, isLinked, telemetry, clock } = window.glasslink;
    return { views: views.map(({ canvas, ...view }) => view), isLinked, telemetry, clock };
  },
};
addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => {
  probe.violations.push(violatedDirective + " " + blockedURI);
});`;
