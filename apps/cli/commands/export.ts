import { once } from "node:events";
import { readFileSync } from "node:fs";
import { ExportFormat, JournalService, SchemaService, SchemaVerdict } from "@orrery/schema/bus/v1";
import { OrreryError } from "@orrery/wire";
import type { Command } from "commander";
import { edgeCommand, type EdgeOptions, openEdge } from "../edge.ts";
import { cliErrors } from "../errors.ts";
import { ordinal } from "../numbers.ts";
import { EXIT } from "../exit.ts";
import { printRows, progress, wordOf } from "../print.ts";

const FORMATS = { cloudevents: ExportFormat.CLOUD_EVENTS, frames: ExportFormat.FRAMES } as const;

interface Export extends EdgeOptions {
  readonly type?: string[];
  readonly entity?: string[];
  readonly from: number;
  readonly to: number;
  readonly format: keyof typeof FORMATS;
  readonly personal: boolean;
}

export const exportEvents = edgeCommand("export", "events of the journal to standard output")
  .option("--type <glob...>", "only these types: `weather.*`")
  .option("--entity <id...>", "only events about these: `region:mill`")
  .option("--from <ordinal>", "from this place on", ordinal, 0)
  .option("--to <ordinal>", "up to this place", ordinal, 0)
  .option("--format <format>", "cloudevents, one a line; or frames, each behind its length", "cloudevents")
  .option("--personal", "CloudEvents with personal fields in the clear", false)
  .action(async (options: Export, command: Command) => {
    const format = FORMATS[options.format];
    if (format === undefined)
      command.error(`error: --format is one of ${Object.keys(FORMATS).join(", ")}`, { exitCode: EXIT.usage });
    const { world, client } = await openEdge(options);
    const say = progress();
    const asked = {
      worldId: world,
      filter: { types: options.type ?? [], entities: options.entity ?? [] },
      from: options.from,
      to: options.to,
      format,
      personal: options.personal,
    };
    for await (const { piece, events } of client(JournalService).export(asked)) {
      if (!process.stdout.write(piece)) await once(process.stdout, "drain");
      say(`${events} events`);
    }
  });

export const publish = edgeCommand("publish", "says an event by hand, checked against its type")
  .argument("<type>", "canonical type, `weather.v1.WeatherSevere`")
  .argument("<json>", "the event in protobuf's JSON form")
  .action(async (type: string, json: string, options: EdgeOptions) => {
    const { world, client } = await openEdge(options);
    const { id } = await client(JournalService).publish({ worldId: world, type, json });
    printRows([{ world, type, event: `${id?.publisher}/${id?.sequence}` }], options.json);
  });

/** Exit 0: what is in use can read it, and be read by it; 1: something breaks. */
export const check = edgeCommand("check", "whether other contracts can be read beside those in use")
  .argument("<file>", "a descriptor set: `buf build -o set.binpb`")
  .option("--against <fingerprint>", "others than the newest", "")
  .action(async (file: string, options: EdgeOptions & { against: string }) => {
    const descriptorSet = bytesOf(file);
    const { client } = await openEdge(options);
    const { verdict, breaks } = await client(SchemaService).check({
      descriptorSet,
      against: options.against,
    });
    const rows = breaks.map(({ field, rule, was, is }) => ({ field, rule, was, is }));
    if (rows.length > 0) printRows(rows, options.json);
    else printRows([{ verdict: wordOf(SchemaVerdict, verdict) }], options.json);
    if (verdict === SchemaVerdict.BREAKING) process.exitCode = EXIT.fail;
  });

/** @throws CLI_BAD_ARGUMENT */
function bytesOf(file: string): Uint8Array {
  try {
    return new Uint8Array(readFileSync(file));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new OrreryError(cliErrors.CLI_BAD_ARGUMENT, { given: why, cause });
  }
}
