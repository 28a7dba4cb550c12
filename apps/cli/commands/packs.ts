import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { inspectPack, jsonSchemas } from "@orrery/pack";
import { Command } from "commander";
import { EXIT } from "../exit.ts";
import { printRows } from "../print.ts";
import { packFolder } from "../run/operator.ts";

/** Exit 0: it is whole; 1: it has mistakes. */
export const check = new Command("check")
  .description("looks at a pack as a start would, and says all that is wrong with it")
  .argument("<pack>", "its name below worlds/, or a folder")
  .option("--json", "JSON lines on stdout")
  .action(async (pack: string, { json }: { json?: boolean }) => {
    const folder = pack.includes("/") || pack.includes(sep) ? resolve(pack) : packFolder(pack);
    const verdict = await inspectPack(folder);
    if ("pack" in verdict) {
      const { land, society, economy } = verdict.pack;
      const whole = {
        pack: verdict.pack.id,
        regions: land?.regions.length ?? 0,
        places: land?.places.length ?? 0,
        people: society?.persons.length ?? 0,
        goods: economy?.goods.length ?? 0,
        bytes: verdict.byteLength,
        digest: verdict.digest.slice(0, 16),
      };
      printRows([whole], json);
      return;
    }
    const rows = verdict.problems.map(({ file, line, column, code, message, hint }) => ({
      at: line === 0 ? file : `${file}:${line}:${column}`,
      code,
      wrong: message,
      "what to do": hint,
    }));
    printRows(rows, json);
    process.exitCode = EXIT.fail;
  });

const SCHEMAS = ".orrery/schemas";

export const schemas = new Command("schemas")
  .description("writes JSON Schemas of a pack's files, by which an editor completes and checks them")
  .argument("[folder]", "where to", SCHEMAS)
  .option("--json", "the editor's setting alone, as JSON")
  .action((folder: string, { json }: { json?: boolean }) => {
    mkdirSync(folder, { recursive: true });
    const settings: Record<string, string> = {};
    for (const [file, schema] of jsonSchemas()) {
      const path = join(folder, file.replace(/\.yaml$/, ".schema.json"));
      writeFileSync(path, `${JSON.stringify(schema, null, 2)}\n`);
      settings[`./${relative(".", path).split(sep).join("/")}`] = `worlds/*/${file}`;
    }
    if (!json)
      console.error(
        `${Object.keys(settings).length} schemas are in ${folder}. For the YAML language server (in VS Code: settings.json of this folder):`,
      );
    console.log(JSON.stringify({ "yaml.schemas": settings }, null, 2));
  });
