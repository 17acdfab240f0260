import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join, posix, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { CommanderError } from "commander";
import { beforeAll, describe, expect, it } from "vitest";
import { checkSendOptions } from "../cli/check-send-options.js";
import { type GatewayCommandOptions, readGatewaySettings } from "../cli/gateway-settings.js";
import { createProgram } from "../cli/program.js";
import { systemClock } from "../lib/clock.js";
import { silentLogger } from "../lib/logger.js";
import { DEFAULTS } from "../lib/options.js";
import { openSource } from "../lib/sources/index.js";
import { resolveGatewayOptions } from "../server/gateway/gateway-options.js";
import { openOutput, parseCamera } from "../server/index.js";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const WITHOUT_PAGES = new Set(["node_modules", "dist", "coverage"]);

interface CodeBlock {
  language: string;
  text: string;
  /** Of the line after the fence, from 1 on. */
  line: number;
}

interface Page {
  /** From the project's root, with slashes. */
  path: string;
  blocks: CodeBlock[];
  /** What is not in blocks. */
  prose: string;
}

let pages: Page[];
beforeAll(async () => {
  pages = await readPages(ROOT);
});

describe("documentation", () => {
  it("has samples that compile", async () => {
    const cache = join(ROOT, "node_modules/.cache");
    await mkdir(cache, { recursive: true });
    const folder = await mkdtemp(join(cache, "docs-"));
    try {
      expect(await compile(folder, samplesOf(pages))).toBe("");
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("links to files and headings that exist", async () => {
    const broken: string[] = [];
    for (const page of pages) {
      for (const target of linksOf(page)) if (!(await exists(page, target))) broken.push(`${page.path}: ${target}`);
    }
    expect(broken).toEqual([]);
  });

  it("has command lines that glasslink takes", async () => {
    const lines = pages.flatMap(commandLinesOf);
    const refused = await Promise.all(
      lines.map(async (line) => `${await refusal(line)}`.replace(/^(?=.)/, `${line}: `)),
    );
    expect(lines.length).toBeGreaterThan(20);
    expect(refused.filter((text) => text !== "")).toEqual([]);
  });

  it("names npm scripts that exist", async () => {
    const { scripts } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8"));
    const named = pages.flatMap((page) => [...allText(page).matchAll(/\bnpm run ([\w:]+)/g)].map((match) => match[1]));
    expect([...new Set(named)].filter((name) => !(`${name}` in scripts))).toEqual([]);
  });

  it.each([
    { of: "ReceiverOptions", file: "lib/options.ts", page: "docs/receiver.md", under: "Options" },
    { of: "FrameDetails", file: "lib/frame.ts", page: "docs/receiver.md", under: "Frames" },
    { of: "ReceiverStats", file: "lib/receiver-stats.ts", page: "docs/receiver.md", under: "Figures" },
    { of: "ReceiverEvents", file: "lib/receiver-events.ts", page: "docs/receiver.md", under: "Events and states" },
    { of: "StreamErrorCode", file: "lib/errors.ts", page: "docs/receiver.md", under: "Errors" },
    { of: "SenderOptions", file: "server/sender-options.ts", page: "docs/sender.md", under: "In a program" },
    {
      ...{ of: "GatewayOptions", file: "server/gateway/gateway-options.ts" },
      ...{ page: "docs/gateway.md", under: "In a program" },
    },
  ])("$page has a row for every member of $of", async ({ of, file, page, under }) => {
    const members = membersOf(await readFile(join(ROOT, file), "utf8"), of);
    const rows = rowsOf(page, under).join("\n");
    expect(members.length).toBeGreaterThan(4);
    expect(members.filter((name) => !rows.includes(`\`${name}\``))).toEqual([]);
  });

  it("tells the receiver's true defaults", () => {
    const { retryMinDelayMs, ...defaults } = DEFAULTS;
    const rows = rowsOf("docs/receiver.md", "Options");
    for (const [name, value] of Object.entries(defaults)) {
      expect(rows.find((row) => row.startsWith(`| \`${name}\` |`))).toContain(`| \`${JSON.stringify(value)}\` |`);
    }
    expect(rows.find((row) => row.startsWith("| `retry` |"))).toContain(`minDelayMs: ${retryMinDelayMs}`);
  });
});

async function readPages(folder: string): Promise<Page[]> {
  const found: Page[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    const isSource = !entry.name.startsWith(".") && !WITHOUT_PAGES.has(entry.name);
    if (entry.isDirectory() && isSource) found.push(...(await readPages(path)));
    else if (entry.isFile() && entry.name.endsWith(".md")) found.push(parsePage(path, await readFile(path, "utf8")));
  }
  return found;
}

function parsePage(path: string, text: string): Page {
  const page: Page = { path: relative(ROOT, path).split(sep).join("/"), blocks: [], prose: "" };
  let block: CodeBlock | undefined;
  for (const [index, line] of text.split("\n").entries()) {
    const fence = /^ *```(\w*)/.exec(line);
    if (fence) {
      block = block ? undefined : { language: fence[1] ?? "", text: "", line: index + 2 };
      if (block) page.blocks.push(block);
    } else if (block) block.text += `${line}\n`;
    else page.prose += `${line}\n`;
  }
  return page;
}

function allText({ prose, blocks }: Page): string {
  return [prose, ...blocks.map(({ text }) => text)].join("\n");
}

/** File names and contents of what can be compiled: blocks that import the package. */
function samplesOf(from: Page[]): Map<string, string> {
  const samples = new Map<string, string>();
  for (const { path, blocks } of from) {
    for (const { language, text, line } of blocks) {
      if (!["ts", "js"].includes(language) || !/from "glasslink(\/server)?"/.test(text)) continue;
      samples.set(`${path.replaceAll("/", "-")}-line-${line}.m${language}`, text);
    }
  }
  return samples;
}

/** What the compiler says about the samples; nothing where they are right. */
async function compile(folder: string, samples: Map<string, string>): Promise<string> {
  expect(samples.size).toBeGreaterThan(4);
  for (const [name, text] of samples) await writeFile(join(folder, name), text);
  const config = {
    extends: join(ROOT, "tsconfig.json"),
    compilerOptions: {
      ...{ noEmit: true, allowJs: true, checkJs: true, noUnusedLocals: false, rootDir: ROOT },
      paths: { glasslink: [join(ROOT, "lib/index.ts")], "glasslink/server": [join(ROOT, "server/index.ts")] },
    },
    ...{ files: [...samples.keys()], include: [] },
  };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(config));
  const compiler = join(ROOT, "node_modules/typescript/bin/tsc");
  const run = promisify(execFile)(process.execPath, [compiler, "-p", folder, "--pretty", "false"]);
  return run.then(
    () => "",
    (error: { stdout: string; message: string }) => error.stdout || error.message,
  );
}

function linksOf({ prose }: Page): string[] {
  const text = prose.replace(/`[^`]*`/g, "");
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map((match) => match[1] ?? "")
    .filter((target) => !/^(?:https?|mailto):/.test(target));
}

async function exists(page: Page, target: string): Promise<boolean> {
  const [file = "", anchor] = target.split("#");
  const path = file === "" ? page.path : posix.join(posix.dirname(page.path), file);
  const isThere = await stat(join(ROOT, path)).then(
    () => true,
    () => false,
  );
  if (!isThere || anchor === undefined) return isThere;
  const linked = pages.find((other) => other.path === path);
  return linked !== undefined && anchorsOf(linked).has(anchor);
}

/** The names that GitHub gives to headings. */
function anchorsOf({ prose }: Page): Set<string> {
  const headings = [...prose.matchAll(/^#{1,6} +(.*?) *$/gm)].map((match) => match[1] ?? "");
  return new Set(
    headings.map((text) =>
      text
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
}

/** Command lines of glasslink in shell blocks and in code within the text, without comments. */
function commandLinesOf({ prose, blocks }: Page): string[] {
  const shell = blocks.filter(({ language }) => language === "sh").flatMap(({ text }) => text.split("\n"));
  const inline = [...prose.matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? "");
  return [...shell, ...inline]
    .flatMap((line) => line.replace(/(^|\s)#.*$/, "").split(/ (?:&&|\||;) /))
    .map((command) => command.trim().replace(/^(?:npx |sudo |[A-Z_]+=\S+ )+/, ""))
    .filter((command) => /^glasslink \w/.test(command));
}

/** What is wrong with a command line, down to its cameras and URLs; nothing is run. */
async function refusal(line: string): Promise<string> {
  const words = [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2] ?? match[3] ?? "");
  const program = createProgram();
  let given: { args: string[]; camera?: string; output?: string | string[] } = { args: [] };
  let gateway: GatewayCommandOptions | undefined;
  for (const command of program.commands.flatMap((command) => [command, ...command.commands])) {
    command.configureOutput({ writeOut: () => {}, writeErr: () => {} });
    command.action(() => {
      // What `service install` is given are options of `send`.
      if (command.name() === "gateway") gateway = command.opts();
      else if (command.parent === program) given = { ...command.opts(), args: command.args };
      else checkSendOptions(command.args);
    });
  }
  program.configureOutput({ writeOut: () => {}, writeErr: () => {} });
  try {
    await program.parseAsync(words.slice(1), { from: "user" });
    if (gateway) {
      // The file is on nobody's machine.
      const { config, ...options } = gateway;
      resolveGatewayOptions((await readGatewaySettings(options)).gateway);
    }
    if (given.camera !== undefined) parseCamera(given.camera);
    for (const url of Array.isArray(given.output) ? given.output : []) openOutput(url);
    const context = { clock: systemClock, logger: silentLogger, connectTimeoutMs: 1, ffmpeg: async () => "ffmpeg" };
    for (const url of given.args) openSource(url, context);
  } catch (error) {
    const isHelp = error instanceof CommanderError && error.exitCode === 0;
    return isHelp ? "" : (error as Error).message;
  }
  return "";
}

/** Names in an interface, or words in a union of words. */
function membersOf(source: string, name: string): string[] {
  const body = new RegExp(`export (?:interface|type) ${name}\\b.*\\n((?: .*\\n|\\n)+)`).exec(source)?.[1] ?? "";
  return [...body.matchAll(/^ {2}(?:(\w+)\??:|\| "([\w-]+)")/gm)].map((match) => match[1] ?? match[2] ?? "");
}

/** The rows of the tables below a heading. */
function rowsOf(path: string, heading: string): string[] {
  const lines = (pages.find((page) => page.path === path)?.prose ?? "").split("\n");
  const start = lines.findIndex((line) => line.replace(/^#+ /, "") === heading && line.startsWith("#"));
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => /^##? /.test(line));
  return rest.slice(0, end < 0 ? undefined : end).filter((line) => line.startsWith("|"));
}
