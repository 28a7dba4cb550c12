import { ConnectError } from "@connectrpc/connect";
import { CommanderError } from "commander";
import { OrreryError } from "@orrery/wire";
import { EXIT, exitOf } from "./exit.ts";
import { createProgram } from "./program.ts";

// Whoever reads the output may have seen enough (`| head`).
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(EXIT.pass);
});

try {
  await createProgram().parseAsync(process.argv);
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? EXIT.pass : EXIT.usage;
  } else if (error instanceof OrreryError || error instanceof ConnectError) {
    console.error(error.message);
    process.exitCode = exitOf(error);
  } else {
    console.error(error);
    process.exitCode = EXIT.fail;
  }
}
