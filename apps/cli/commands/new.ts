import { spawnSync } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Command } from "commander";
import { OrreryError } from "@orrery/wire";
import { cliErrors } from "../errors.ts";
import { printRows } from "../print.ts";
import { ROOT } from "../root.ts";
import { eventText } from "../run/event-template.ts";
import { joinWorkspace } from "../run/join-workspace.ts";
import { packFiles } from "../run/pack-template.ts";
import { serviceFiles } from "../run/service-template.ts";

interface Options {
  readonly json?: boolean;
}

const KEBAB = /^[a-z][a-z0-9]*(-[a-z0-9]+)+$/;
const SLUG = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const PASCAL = /^([A-Z][a-z0-9]+)+$/;

const service = new Command("service")
  .description("writes a working, tested service that joins the world at the next start")
  .argument("<id>", "kebab-case, two words or more: `tide-manager`")
  .option("--json", "JSON lines on stdout")
  .action((id: string, { json }: Options) => {
    if (!KEBAB.test(id)) throw bad(`${id}: an id is kebab-case, of two words or more`);
    write(serviceFiles(id), json);
    generate();
    joinWorkspace(ROOT, `services/${id}`);
    console.error(`\n${id} is in the world at the next \`npm start\`; \`npm test\` runs its test.`);
  });

const event = new Command("event")
  .description("adds an event to the contract of a service that is there")
  .argument("<service>", "id of the service: `tide-manager`")
  .argument("<name>", "PascalCase, in the past or as a state: `FloodTideBegan`")
  .option("--json", "JSON lines on stdout")
  .action((id: string, name: string, { json }: Options) => {
    if (!PASCAL.test(name)) throw bad(`${name}: an event's name is PascalCase`);
    const domain = id.split("-")[0] ?? id;
    const file = `schema/orrery/${domain}/v1/events.proto`;
    const path = join(ROOT, file);
    if (!existsSync(path)) throw bad(`${id}: there is no ${file}; \`orrery new service\` writes one`);
    if (new RegExp(`^(message|enum) ${name}\\b`, "m").test(readFileSync(path, "utf8")))
      throw new OrreryError(cliErrors.CLI_EXISTS, { given: `${name} in ${file}` });
    appendFileSync(path, eventText(name));
    generate();
    say([file], json);
    console.error(
      `\n${domain}.v1.${name} is a type; name it under \`emits\` in services/${id}/service.ts, then \`ctx.emit(${name}, …)\`.`,
    );
  });

const world = new Command("world")
  .description("writes a small, valid world pack: four regions on one river")
  .argument("<id>", "kebab-case: `low-fen`")
  .option("--json", "JSON lines on stdout")
  .action((id: string, { json }: Options) => {
    if (!SLUG.test(id)) throw bad(`${id}: an id is kebab-case`);
    write(packFiles(id), json);
    console.error(
      `\nIt lives with \`orrery start --world ${id} --pack ${id}\`; a running world takes up edits.`,
    );
  });

const bad = (given: string) => new OrreryError(cliErrors.CLI_BAD_ARGUMENT, { given });

/** @throws CLI_EXISTS before anything is written */
function write(files: Readonly<Record<string, string>>, json: boolean | undefined): void {
  const taken = Object.keys(files).find((file) => existsSync(join(ROOT, file)));
  if (taken !== undefined) throw new OrreryError(cliErrors.CLI_EXISTS, { given: taken });
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(ROOT, file)), { recursive: true });
    writeFileSync(join(ROOT, file), text);
  }
  say(Object.keys(files), json);
}

function say(files: readonly string[], json: boolean | undefined): void {
  if (json)
    printRows(
      files.map((file) => ({ file })),
      json,
    );
  else for (const file of files) console.log(file);
}

function generate(): void {
  const given = ["tools/generate.ts"];
  const { status, stderr, stdout } = spawnSync(process.execPath, given, { cwd: ROOT, encoding: "utf8" });
  if (status !== 0) throw new Error(`${given.join(" ")} failed:\n${stdout}${stderr}`);
}

export const create = new Command("new").description("Begins something new.");
for (const command of [service, event, world]) create.addCommand(command);
