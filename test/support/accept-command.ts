import { checkSendOptions } from "../../cli/check-send-options.js";
import { createProgram } from "../../cli/program.js";

/**
 * Parses a command line of glasslink, that of `send` down to its options, and gives the subcommand's name; runs nothing.
 * Fails for what glasslink refuses.
 */
export async function acceptCommand(words: readonly string[]): Promise<string> {
  const program = createProgram();
  let given = "";
  for (const command of program.commands.flatMap((command) => [command, ...command.commands])) {
    command.configureOutput({ writeOut: () => {}, writeErr: () => {} });
    command.action(() => {
      given = command.name();
    });
  }
  program.configureOutput({ writeOut: () => {}, writeErr: () => {} });
  await program.parseAsync(words, { from: "user" });
  if (given === "send") checkSendOptions(words.slice(1));
  return given;
}
