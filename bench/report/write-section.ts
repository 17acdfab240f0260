import { readFileSync, writeFileSync } from "node:fs";
import { projectPath } from "../project-path.js";

const PAGE = "docs/benchmarks.md";

/** Replaces what stands between `<!-- name:begin -->` and `<!-- name:end -->` in docs/benchmarks.md. */
export function writeSection(name: string, text: string): void {
  const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`];
  const path = projectPath(PAGE);
  const page = readFileSync(path, "utf8");
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${PAGE} lacks the marks ${begin} and ${end}`);
  writeFileSync(path, `${page.slice(0, from + begin.length)}\n${text.trim()}\n${page.slice(to)}`);
  console.log(`\nwritten to ${PAGE}`);
}
