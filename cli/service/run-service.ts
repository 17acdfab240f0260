import type { Command } from "commander";
import { redact } from "../../lib/redact.js";
import { sendCommand } from "../send.js";
import { stderrForm } from "../stderr-form.js";
import { OPTIONS_VARIABLE } from "./service-files.js";
import { splitWords } from "./shell-words.js";

/**
 * What the unit runs: `glasslink send` with options from the environment, since every user of the machine can read
 * the command lines of its processes, and options may hold passwords.
 * @param parent the command whose settings `send` takes over
 * @throws CommanderError for options that `send` refuses
 */
export async function runService(parent: Command): Promise<void> {
  const text = process.env[OPTIONS_VARIABLE] ?? "";
  // The camera's program need not know them.
  delete process.env[OPTIONS_VARIABLE];
  const { failure } = await stderrForm(false);
  const command = sendCommand().copyInheritedSettings(parent);
  command.configureOutput({
    outputError: (message, write) =>
      write(failure(redact(message.replace(/^error: /, `glasslink: ${OPTIONS_VARIABLE}: `)))),
  });
  await command.parseAsync(wordsOf(text, command), { from: "user" });
}

function wordsOf(text: string, command: Command): string[] {
  try {
    return splitWords(text);
  } catch (error) {
    return command.error(`error: ${(error as Error).message}`);
  }
}
