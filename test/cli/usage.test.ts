import { readFile } from "node:fs/promises";
import { CommanderError } from "commander";
import { describe, expect, it } from "vitest";
import { createProgram } from "../../cli/program.js";
import { CAMERA_KINDS, cameraOptionNames } from "../../server/cameras/options.js";
import { runCli } from "./run-cli.js";

const COMMANDS = ["send", "probe", "snapshot", "record", "doctor", "demo", "service"];

/** Parses a command line that runs nothing; what it wrote, and the error that tells how it ended. */
async function parse(args: readonly string[]): Promise<{ error: unknown; stdout: string; stderr: string }> {
  let [stdout, stderr] = ["", ""];
  const program = createProgram();
  const commands = [program, ...program.commands];
  // The list grows while it is walked: `service` has commands of its own.
  for (const command of commands) {
    if (command.parent === program) commands.push(...command.commands);
    command.configureOutput({
      writeOut: (text) => {
        stdout += text;
      },
      writeErr: (text) => {
        stderr += text;
      },
    });
  }
  const error = await program.parseAsync(args, { from: "user" }).catch((thrown: unknown) => thrown);
  return { error, stdout, stderr };
}

describe("glasslink", () => {
  it("prints its help when it is given nothing", async () => {
    const { code, stdout, stderr } = await runCli([]);
    expect([code, stderr]).toEqual([0, ""]);
    for (const command of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${command} `, "m"));
  });

  it("prints the package's version", async () => {
    const manifest = await readFile(new URL("../../package.json", import.meta.url), "utf8");
    const { code, stdout } = await runCli(["--version"]);
    expect([code, stdout]).toEqual([0, `${JSON.parse(manifest).version}\n`]);
  });

  it("exits with 2 when it is used wrongly", async () => {
    const { code, stdout, stderr } = await runCli(["prob"]);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^glasslink: unknown command 'prob'\n\(Did you mean probe\?\)\n/);
  });

  it.each(COMMANDS)("%s --help shows examples", async (command) => {
    const { error, stdout } = await parse([command, "--help"]);
    expect(error).toMatchObject({ exitCode: 0 });
    expect(stdout).toContain(`\nExamples:\n  glasslink ${command}`);
  });

  it("send --help names every option of every camera", async () => {
    const { stdout } = await parse(["send", "--help"]);
    for (const kind of CAMERA_KINDS) {
      const [, target = "", options] = new RegExp(`^  ${kind}(?:\\[:(\\w+)\\])?\\[\\?(.+)\\]$`, "m").exec(stdout) ?? [];
      expect([...`${options}`.split("&"), target].filter(Boolean).sort()).toEqual(cameraOptionNames(kind).sort());
    }
  });

  it.each(["install", "status", "uninstall", "run"])("service %s --help shows examples", async (command) => {
    const { error, stdout } = await parse(["service", command, "--help"]);
    expect(error).toMatchObject({ exitCode: 0 });
    expect(stdout).toMatch(new RegExp(`\\nExamples:\\n  (.* )?glasslink service ${command}`));
  });

  it.each([
    { args: ["service"], names: "Usage: glasslink service [options] [command]" },
    { args: ["service", "instal"], names: "unknown command 'instal'" },
    { args: ["service", "install", "--camera", "pattern"], names: "unknown option '--camera'" },
    { args: ["service", "status", "x"], names: "too many arguments" },
  ])("$args is wrong usage of service", async ({ args, names }) => {
    const { error, stderr } = await parse(args);
    expect(error).toBeInstanceOf(CommanderError);
    expect(stderr).toContain(names);
  });

  it.each([
    { args: ["probe"], names: "missing required argument 'url'" },
    { args: ["probe", "tcp://a", "--frames", "0"], names: "'0' is invalid. It must be a whole number from 1 on." },
    { args: ["probe", "tcp://a", "--seconds", "x"], names: "'x' is invalid. It must be a number of seconds" },
    { args: ["probe", "tcp://a", "--log-level", "loud"], names: "silent, error, warn, info, debug" },
    { args: ["snapshot", "tcp://a", "-o", "a.gif"], names: "The name must end in .png, .jpg, .jpeg." },
    { args: ["record", "tcp://a", "-o", "a.avi"], names: "The name must end in .mp4, .mkv, .ts." },
    { args: ["send", "--bitrate", "fast"], names: "a number of bits a second, such as 2000000, 500k or 2M" },
  ])("$args is wrong usage", async ({ args, names }) => {
    const { error, stderr } = await parse(args);
    expect(error).toBeInstanceOf(CommanderError);
    expect(stderr).toMatch(/^glasslink: /);
    expect(stderr).toContain(names);
  });
});
