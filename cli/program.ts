import { createRequire } from "node:module";
import { Command } from "commander";
import { demoCommand } from "./demo.js";
import { doctorCommand } from "./doctor.js";
import { gatewayCommand } from "./gateway.js";
import { probeCommand } from "./probe.js";
import { recordCommand } from "./record.js";
import { sendCommand } from "./send.js";
import { serviceCommand } from "./service/service-command.js";
import { snapshotCommand } from "./snapshot.js";
import { viewCommand } from "./view.js";

const EXAMPLES = `
Examples:
  glasslink demo                                     see video flow on this machine, without a camera
  glasslink send --camera rpicam                     on the Raspberry Pi
  glasslink view tcp://192.168.1.20:8000             on the desk: the picture in the browser
  glasslink gateway                                  many cameras into one place, and out again
  glasslink probe tcp://192.168.1.20:8000            does it arrive, how fast, how late
  glasslink record tcp://192.168.1.20:8000 -o a.mp4

Exit codes: 0 done, 1 it failed and stderr says why, 2 wrong usage, 130 ended by Ctrl-C.
Environment: FFMPEG_PATH names the ffmpeg to use where it is not the one on PATH.`;

/** The command line of `glasslink`, not yet parsed. */
export function createProgram(): Command {
  const program = new Command("glasslink")
    .description("Low-latency camera streaming: sends cameras, receives any stream as frames.")
    .version(packageVersion(), "-V, --version")
    .addHelpText("after", EXAMPLES)
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, "glasslink: ")) })
    .showHelpAfterError("(--help shows what is allowed)")
    .exitOverride();
  const commands = [
    sendCommand,
    viewCommand,
    gatewayCommand,
    probeCommand,
    snapshotCommand,
    recordCommand,
    doctorCommand,
    demoCommand,
    serviceCommand,
  ];
  for (const create of commands) {
    const command = create().copyInheritedSettings(program);
    for (const nested of command.commands) nested.copyInheritedSettings(command);
    program.addCommand(command);
  }
  return program;
}

function packageVersion(): string {
  const manifest = createRequire(import.meta.url)("glasslink/package.json") as { version: string };
  return manifest.version;
}
