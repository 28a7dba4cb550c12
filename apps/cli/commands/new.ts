import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Command, Option } from "commander";
import { OrreryError } from "@orrery/wire";
import { cliErrors } from "../errors.ts";
import { printRows } from "../print.ts";
import { ROOT } from "../root.ts";
import { packFiles } from "../run/pack-template.ts";
import { newEvent } from "../run/scaffold/new-event.ts";
import { newService } from "../run/scaffold/new-service.ts";

interface Options {
  readonly json?: boolean;
}
interface ServiceOptions extends Options {
  readonly domain?: string;
  readonly rpc?: boolean;
  readonly snapshot?: boolean;
  readonly platform?: boolean;
}

const SLUG = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

const service = new Command("service")
  .description("writes a working, tested service and loads it; it joins the world at the next start")
  .argument("<id>", "lower-case words joined by dashes: `tide-manager`, `payment`")
  .option("--domain <name>", "what its contract is called, one word; else the first word of the id")
  .addOption(
    new Option("--world", "it keeps a state of each world, which is so if nothing is said").conflicts(
      "platform",
    ),
  )
  .option("--platform", "it keeps one state for all worlds, which moves in real time")
  .option("--rpc", "it answers calls: a list in pages")
  .option(
    "--snapshot",
    "it says itself what clients learn that come later; else that is the last of each event",
  )
  .option("--json", "JSON lines on stdout")
  .action((id: string, { domain, platform, rpc = false, snapshot = false, json }: ServiceOptions) => {
    const of = platform ? "platform" : "world";
    say(newService({ id, domain, of, rpc, snapshot }), json);
    console.error(
      `\n${id} was loaded and is in the world at the next \`npm start\`; \`npx vitest run services/${id}\` runs its tests.`,
    );
  });

const event = new Command("event")
  .description("adds an event to the contract of a service that is there")
  .argument("<service>", "id of the service: `tide-manager`")
  .argument("<name>", "PascalCase, in the past or as a state: `FloodTideBegan`")
  .option("--domain <name>", "of several domains that it speaks for the one meant")
  .option("--json", "JSON lines on stdout")
  .action(async (id: string, name: string, { domain, json }: ServiceOptions) => {
    const { file, type } = await newEvent(id, name, domain);
    say([file], json);
    console.error(
      `\n${type} is a type; name it under \`emits\` of an aggregate in services/${id}, then \`ctx.emit(${name}, …)\`.`,
    );
  });

const world = new Command("world")
  .description("writes a small, valid world pack: four regions on one river")
  .argument("<id>", "kebab-case: `low-fen`")
  .option("--json", "JSON lines on stdout")
  .action((id: string, { json }: Options) => {
    if (!SLUG.test(id))
      throw new OrreryError(cliErrors.CLI_BAD_ARGUMENT, { given: `${id}: an id is kebab-case` });
    write(packFiles(id), json);
    console.error(
      `\nIt lives with \`orrery start --world ${id} --pack ${id}\`; a running world takes up edits.`,
    );
  });

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

export const create = new Command("new").description("Begins something new.");
for (const command of [service, event, world]) create.addCommand(command);
