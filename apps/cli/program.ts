import { Command } from "commander";
import { commands } from "./commands/mod.ts";

/** The whole command tree; errors of usage are thrown, not printed and exited on. */
export function createProgram(): Command {
  const program = new Command("orrery")
    .description("Runs, checks and looks after living game worlds.")
    .version("0.1.0");
  for (const command of commands) program.addCommand(command);
  throwing(program);
  return program;
}

/** Commander hands these settings down only to commands that it makes itself. */
function throwing(command: Command): void {
  command.exitOverride().showHelpAfterError("(orrery --help lists the commands)");
  for (const child of command.commands) throwing(child);
}
