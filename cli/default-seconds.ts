/** How long `probe` measures where nothing says. */
export const PROBE_SECONDS = 5;
/** How long `demo` runs where nothing says and nobody watches a terminal. */
export const PIPED_DEMO_SECONDS = 10;
