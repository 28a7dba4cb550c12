import { Command } from "commander";
import { completionScript, SHELLS, type Shell } from "../run/completion.ts";
import { completionValues } from "../run/completion-values.ts";
import { programs } from "./bench.ts";
import { EXIT } from "../exit.ts";

export const completion = new Command("completion")
  .description('Prints what makes a shell complete orrery\'s commands: eval "$(orrery completion bash)"')
  .argument("<shell>", SHELLS.join(", "))
  .action((shell: string, _options: unknown, command: Command) => {
    if (!SHELLS.includes(shell as Shell)) {
      console.error(`No completion for ${shell}; there is one for ${SHELLS.join(", ")}`);
      process.exitCode = EXIT.usage;
      return;
    }
    const values = completionValues(programs().map(({ name }) => name));
    console.log(completionScript(command.parent as Command, shell as Shell, values));
  });
