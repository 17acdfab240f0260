import { readFile, stat } from "node:fs/promises";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { validate } from "dockerfile-utils";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { acceptCommand } from "../support/accept-command.js";
import { type Instruction, readDockerfile } from "../support/read-dockerfile.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const COMPOSE = ["deploy/compose.gateway.yml", "deploy/compose.sender.yml"];

interface Service {
  build: { context: string; dockerfile: string };
  command: string[];
  network_mode: string;
}

const dockerfile = (): Promise<Instruction[]> => readDockerfile(join(ROOT, "deploy/Dockerfile"));
const read = (path: string): Promise<string> => readFile(join(ROOT, path), "utf8");
const lines = (text: string): string[] => text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));

async function services(path: string): Promise<[string, Service][]> {
  return Object.entries((parse(await read(path)) as { services: Record<string, Service> }).services);
}

describe("deploy/Dockerfile", () => {
  it("is one in which a linter finds nothing", async () => {
    expect(validate("FROM scratch\nCOPI a b\n")).toHaveLength(1);
    expect(validate(await read("deploy/Dockerfile"))).toEqual([]);
  });

  it("copies only what is there", async () => {
    const instructions = await dockerfile();
    const copied = instructions.filter(({ name }) => name === "COPY").map(({ words }) => words);
    const fromProject = copied
      .filter(([first]) => !first?.startsWith("--from="))
      .flatMap((words) => words.slice(0, -1));
    expect(fromProject.length).toBeGreaterThan(2);
    for (const path of fromProject) await expect(stat(join(ROOT, path)), path).resolves.toBeTruthy();
    const stages = instructions.flatMap(({ name, words }) => (name === "FROM" ? words.slice(-1) : []));
    const used = copied.flatMap(([first = ""]) => /^--from=(.*)$/.exec(first)?.[1] ?? []);
    expect(used.filter((stage) => !stages.includes(stage))).toEqual([]);
  });

  it("builds on the Node.js that the package asks for", async () => {
    const images = (await dockerfile()).flatMap(({ name, words }) =>
      name === "FROM" ? words.filter((word) => /^[a-z]/.test(word) && word.includes(":")) : [],
    );
    const { engines } = JSON.parse(await read("package.json"));
    const [, major] = /^>=(\d+)/.exec(engines.node) ?? [];
    expect([...new Set(images)]).toEqual([`node:${major}-bookworm-slim`]);
  });

  it("runs glasslink, from where the package has it, and not as root", async () => {
    const instructions = await dockerfile();
    const last = instructions.slice(instructions.findLastIndex(({ name }) => name === "FROM"));
    expect(last.find(({ name }) => name === "USER")?.words).toEqual(["node"]);
    expect(last.find(({ name }) => name === "ENTRYPOINT")?.text).toBe('["glasslink"]');
    const { bin } = JSON.parse(await read("package.json"));
    expect(last.some(({ text }) => text.includes(`/opt/glasslink/${bin.glasslink} /usr/local/bin/glasslink`))).toBe(
      true,
    );
  });

  it("is not given what git does not have", async () => {
    const [ignoredByDocker, ignoredByGit] = [lines(await read(".dockerignore")), lines(await read(".gitignore"))];
    const missing = [".git", ...ignoredByGit.map((line) => line.replace(/\/$/, ""))];
    expect(missing.filter((name) => !ignoredByDocker.includes(name))).toEqual([]);
  });
});

describe.each(COMPOSE)("%s", (path) => {
  it("builds by the Dockerfile from the project's root", async () => {
    for (const [, { build }] of await services(path)) {
      expect(normalize(join(dirname(path), build.context, "."))).toMatch(/^\.\/?$/);
      expect(build.dockerfile).toBe("deploy/Dockerfile");
    }
  });

  it("has commands that glasslink takes, on the host's own network", async () => {
    for (const [name, { command, network_mode }] of await services(path)) {
      expect(await acceptCommand(command)).toBe({ gateway: "gateway", sender: "send" }[name]);
      expect(network_mode).toBe("host");
    }
  });
});
