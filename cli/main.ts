#!/usr/bin/env node
import { CommanderError } from "commander";
import { createProgram } from "./program.js";
import { USAGE_ERROR } from "./run-command.js";

const program = createProgram();
if (process.argv.length <= 2) program.outputHelp();
else {
  try {
    await program.parseAsync();
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = error.exitCode === 0 ? 0 : USAGE_ERROR;
  }
}
