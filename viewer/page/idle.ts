const IDLE_MS = 3_000;
const SIGNS = ["pointermove", "pointerdown", "keydown", "focusin", "wheel"];

/** Marks the page as idle when nobody has touched anything for a while, by the class `idle` of its body. */
export function watchIdle(): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const wake = (): void => {
    document.body.classList.remove("idle");
    clearTimeout(timer);
    timer = setTimeout(() => document.body.classList.add("idle"), IDLE_MS);
  };
  for (const sign of SIGNS) addEventListener(sign, wake, { passive: true });
  wake();
}
