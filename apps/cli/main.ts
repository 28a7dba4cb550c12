import { ConnectError } from "@connectrpc/connect";
import { Command, CommanderError } from "commander";
import { OrreryError } from "@orrery/wire";
import { EXIT } from "./exit.ts";
import { commands } from "./commands/mod.ts";

const program = new Command("orrery")
  .description("Runs, checks and looks after living game worlds.")
  .version("0.1.0")
  .showHelpAfterError("(orrery --help lists the commands)")
  .exitOverride();
for (const command of commands) program.addCommand(command.exitOverride());

// Whoever reads the output may have seen enough (`| head`).
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(EXIT.pass);
});

try {
  await program.parseAsync(process.argv);
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? EXIT.pass : EXIT.usage;
  } else if (error instanceof OrreryError || error instanceof ConnectError) {
    console.error(error.message);
    process.exitCode = EXIT.fail;
  } else {
    console.error(error);
    process.exitCode = EXIT.fail;
  }
}
