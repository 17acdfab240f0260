// Runs in the page before the page's own scripts, and notes each picture that the page draws: the row of pixels that
// holds its number, when it was there, and when the next frame of the screen began. Times are by the page's clock.
(() => {
  const COUNTER_ROW = 1 / 60;
  const MOST_NOTED = 10_000;
  let noted = [];
  let told = () => {};

  globalThis.benchPictures = {
    /** Resolves when there is something to take. */
    some() {
      return new Promise((resolve) => {
        told = resolve;
        if (noted.length > 0) resolve();
      });
    },
    /** Hands out what was noted since the last time. */
    take() {
      const taken = noted;
      noted = [];
      return taken;
    },
    now,
  };

  // The page takes whichever of these is quicker.
  for (const name of ["drawImage", "putImageData"]) {
    const draw = CanvasRenderingContext2D.prototype[name];
    CanvasRenderingContext2D.prototype[name] = function (...given) {
      draw.apply(this, given);
      const view = globalThis.glasslink?.views.find(({ canvas }) => canvas === this.canvas);
      if (view?.transport) note(this, view.transport);
    };
  }

  // Right behind the page's own drawing; reading the pixels makes sure that they are there.
  function note(context, transport) {
    const { width, height } = context.canvas;
    const { data } = context.getImageData(0, Math.floor(height * COUNTER_ROW), width, 1);
    const picture = { transport, drawnAtMs: now(), frameAtMs: null, row: redOf(data) };
    if (noted.length < MOST_NOTED) noted.push(picture);
    told();
    requestAnimationFrame(() => {
      picture.frameAtMs = now();
    });
  }

  function redOf(data) {
    return Array.from({ length: data.length / 4 }, (_, pixel) => data[pixel * 4]);
  }

  function now() {
    return performance.timeOrigin + performance.now();
  }
})();
