import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Command } from "commander";
import { OrreryError } from "@orrery/wire";
import { cliErrors } from "../errors.ts";
import { ROOT } from "../root.ts";
import { joinWorkspace } from "../run/join-workspace.ts";
import { serviceFiles } from "../run/service-template.ts";

const KEBAB = /^[a-z][a-z0-9]*(-[a-z0-9]+)+$/;

const service = new Command("service")
  .description("writes a working, tested service that joins the world at the next start")
  .argument("<id>", "kebab-case, two words or more: `tide-manager`")
  .action((id: string) => {
    if (!KEBAB.test(id))
      throw new OrreryError(cliErrors.CLI_BAD_ARGUMENT, {
        given: `${id}: an id is kebab-case, of two words or more`,
      });
    const files = serviceFiles(id);
    const taken = Object.keys(files).find((file) => existsSync(join(ROOT, file)));
    if (taken !== undefined) throw new OrreryError(cliErrors.CLI_EXISTS, { given: taken });
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(join(ROOT, file)), { recursive: true });
      writeFileSync(join(ROOT, file), text);
      console.log(file);
    }
    run("node_modules/.bin/node", ["tools/generate.ts"]);
    joinWorkspace(ROOT, `services/${id}`);
    console.error(`\n${id} is in the world at the next \`npm start\`; \`npm test\` runs its test.`);
  });

function run(command: string, args: readonly string[]): void {
  const { status, stderr, stdout } = spawnSync(command, args, { cwd: ROOT, encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed:\n${stdout}${stderr}`);
}

export const create = new Command("new").description("Begins something new.").addCommand(service);
