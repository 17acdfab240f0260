import { readdirSync, readFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const FOLDERS = ["lib", "server", "cli", "examples", "bench", "viewer"];

/** What each part may import besides itself; the CLI stands on top of everything. */
const MAY_IMPORT: Record<string, string[]> = {
  lib: [],
  server: ["lib"],
  cli: ["lib", "server"],
  examples: ["lib", "server"],
  bench: ["lib", "server", "cli"],
  viewer: ["lib", "server"],
};

const files = FOLDERS.flatMap((folder) =>
  readdirSync(resolve(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => ({ folder, path: `${folder}/${name}`, text: readFileSync(resolve(root, folder, name), "utf8") })),
);

/** What is loaded with a file before anything runs; `import()` and types are not. */
function loadedWith(path: string, loaded = new Set<string>()): Set<string> {
  if (loaded.has(path)) return loaded;
  loaded.add(path);
  const text = files.find((file) => file.path === path)?.text ?? "";
  for (const [, target = ""] of text.matchAll(/^(?:import|export) (?!type)[^;]*?from "(\.[^"]+)\.js";$/gm)) {
    loadedWith(relative(root, resolve(root, dirname(path), `${target}.ts`)), loaded);
  }
  return loaded;
}

function importedFolders(path: string, text: string): string[] {
  const targets = [...text.matchAll(/(?:from|import\()\s*"(\.[^"]+)"/g)].map((match) => match[1] as string);
  return targets.map((target) => relative(root, resolve(root, dirname(path), target)).split("/")[0] as string);
}

describe("the layout", () => {
  it("is found", () => {
    expect(files.length).toBeGreaterThan(100);
  });

  it("lets no part import from above itself", () => {
    const wrong = files.filter(({ folder, path, text }) =>
      importedFolders(path, text).some((target) => target !== folder && !MAY_IMPORT[folder]?.includes(target)),
    );
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  it("lets the page take from lib and server only what needs no Node.js", () => {
    const taken = files
      .filter(({ folder }) => folder === "viewer")
      .flatMap(({ path, text }) =>
        [...text.matchAll(/^import (?!type).*?from "((?:\.\.\/)+(?:lib|server)\/[^"]+)"/gms)].map(([, target = ""]) =>
          relative(root, resolve(root, dirname(path), target)),
        ),
      );
    expect([...new Set(taken)].sort()).toEqual(["lib/telemetry/clock-offset.js", "server/web/live-protocol.js"]);
  });

  it("loads neither all of the library nor the sender for help and wrong usage, which would take a second", () => {
    const loaded = loadedWith("cli/main.ts");
    expect(loaded).toContain("cli/recording-containers.ts");
    expect(["lib/index.ts", "server/index.ts"].filter((path) => loaded.has(path))).toEqual([]);
  });

  it("keeps every file within 300 lines", () => {
    const written = files.filter(({ path }) => !path.endsWith(".generated.ts"));
    expect(written.filter(({ text }) => text.split("\n").length > 301).map(({ path }) => path)).toEqual([]);
  });

  it("says nothing by itself in the library, the sender and the page", () => {
    const loud = files.filter(
      ({ folder, text }) =>
        (folder === "lib" || folder === "server" || folder === "viewer") && /^(?!\s*\*).*\bconsole\./m.test(text),
    );
    expect(loud.map(({ path }) => path)).toEqual([]);
  });
});
