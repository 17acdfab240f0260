import { Command } from "commander";
import { runCommand } from "../run-command.js";
import type { ServiceHost } from "./service-host.js";

const EXAMPLES = `
Examples:
  glasslink service install --dry-run -- --camera rpicam --output tcp://:8000
  sudo glasslink service install -- --camera rpicam --output tcp://:8000
  glasslink service status
  sudo glasslink service uninstall

Exit codes of status: 0 it runs, 3 it does not, 4 it is not installed.`;

const INSTALL_EXAMPLES = `
Behind -- stand the options of glasslink send; without any, those of the last time stay. A second install updates.

Examples:
  sudo glasslink service install
  sudo glasslink service install -- --camera rpicam:1 --width 1280 --height 720 --output tcp://:8000
  sudo glasslink service install --user pi --name glasslink-usb -- --camera v4l2:/dev/video0 --output tcp://:8001`;

interface Named {
  name?: string;
}

interface Installing extends Named {
  user?: string;
  dryRun?: true;
}

/** `glasslink service`: the sender as a service of systemd. */
export function serviceCommand(): Command {
  return new Command("service")
    .summary("let systemd run the sender, from the start of the machine on")
    .description("Installs the sender as a service of systemd, tells how it does, and removes it.")
    .addCommand(installCommand())
    .addCommand(statusCommand())
    .addCommand(uninstallCommand())
    .addCommand(runServiceCommand())
    .addHelpText("after", EXAMPLES);
}

function installCommand(): Command {
  return nameOption(new Command("install"))
    .summary("install or update the service, and start it")
    .description("Writes unit and options, starts the service, and says what it does.")
    .usage("[options] [-- options of glasslink send]")
    .argument("[sendOptions...]", "options of glasslink send")
    .option("--user <user>", "who runs it (default: a user that systemd makes)")
    .option("--dry-run", "only say what would be done")
    .addHelpText("after", INSTALL_EXAMPLES)
    .action((sendOptions: string[], options: Installing) =>
      run(async (host, print) => {
        const { installService } = await import("./install-service.js");
        await installService({ ...options, sendOptions }, host, print);
      }),
    );
}

function statusCommand(): Command {
  return nameOption(new Command("status"))
    .summary("tell how the service does")
    .description("Tells state, process, restarts, options and the last lines of the log.")
    .addHelpText("after", "\nExamples:\n  glasslink service status\n  glasslink service status --name glasslink-usb")
    .action((options: Named) =>
      run(async (host, print) => {
        const { serviceStatus } = await import("./service-status.js");
        process.exitCode = await serviceStatus(options.name, host, print);
      }),
    );
}

function uninstallCommand(): Command {
  return nameOption(new Command("uninstall"))
    .summary("stop and remove the service")
    .description("Stops the service, and removes what install wrote and nothing else.")
    .option("--dry-run", "only say what would be done")
    .addHelpText("after", "\nExamples:\n  sudo glasslink service uninstall")
    .action((options: Installing) =>
      run(async (host, print) => {
        const { uninstallService } = await import("./uninstall-service.js");
        await uninstallService(options, host, print);
      }),
    );
}

function runServiceCommand(): Command {
  return new Command("run")
    .summary("what the unit runs: glasslink send, with the options in GLASSLINK_SEND_OPTIONS")
    .description("Runs glasslink send with the options in the variable GLASSLINK_SEND_OPTIONS, which no ps shows.")
    .addHelpText("after", "\nExamples:\n  GLASSLINK_SEND_OPTIONS='--camera pattern' glasslink service run")
    .action(async (_options: object, command: Command) => {
      const { runService } = await import("./run-service.js");
      await runService(command);
    });
}

function nameOption(command: Command): Command {
  return command.option("--name <name>", "of the service (default: glasslink-sender)");
}

function run(body: (host: ServiceHost, print: (text: string) => void) => Promise<void>): Promise<void> {
  return runCommand({ logLevel: "error" }, async ({ print }) => {
    // What a command does is loaded only when it runs: the other commands start sooner without.
    const { systemHost } = await import("./service-host.js");
    await body(systemHost(), print);
  });
}
