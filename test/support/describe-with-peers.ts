import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, expect, it } from "vitest";

/**
 * A `describe` that needs programs from outside npm, named as on PATH, or files, named by their path. Where one is
 * absent it says so and skips; in CI, which has the variable CI, it fails.
 */
export function describeWithPeers(title: string, peers: readonly string[], body: () => void): void {
  const missing = peers.filter((peer) => !isPresent(peer));
  if (missing.length === 0) {
    describe(title, body);
    return;
  }
  const said = `${title} (missing here: ${missing.join(", ")}; \`npm run setup -- --peers\` and \`npm run build:opencv\` install it)`;
  if (process.env.CI) describe(said, () => it("has what it needs", () => expect(missing).toEqual([])));
  else describe.skip(said, body);
}

function isPresent(peer: string): boolean {
  const places = peer.includes("/")
    ? [peer]
    : (process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, peer));
  return places.some((place) => {
    try {
      accessSync(place, peer.includes("/") ? constants.R_OK : constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
