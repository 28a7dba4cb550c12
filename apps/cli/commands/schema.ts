import { Command } from "commander";
import { codecs, fingerprint, services } from "@orrery/schema/registry";
import { EXIT } from "../exit.ts";
import { printRows } from "../print.ts";
import { check } from "./export.ts";

const list = new Command("list")
  .description("every event: lane, key, who may see it, what it says")
  .option("--json", "JSON lines on stdout")
  .action((options: { json?: boolean }) => {
    const events = [...codecs.values()].filter(({ event }) => event !== undefined);
    printRows(
      events.map(({ typeName, event }) => ({
        type: typeName,
        lane: event?.lane,
        key: event?.keyField ?? "",
        audience: event?.audience,
        says: event?.says,
      })),
      options.json,
    );
    if (!options.json)
      console.error(`${events.length} events, ${services.length} services, fingerprint ${fingerprint}`);
  });

const show = new Command("show")
  .description("one type, field by field")
  .argument("<type>", "canonical type, `weather.v1.WeatherChanged`")
  .option("--json", "JSON lines on stdout")
  .action((type: string, options: { json?: boolean }) => {
    const codec = codecs.get(type);
    if (codec === undefined) {
      const near = [...codecs.keys()].filter((name) =>
        name.toLowerCase().includes(type.split(".").at(-1)?.toLowerCase() ?? type),
      );
      console.error(
        `No such type: ${type}. ${near.length > 0 ? `Perhaps ${near.slice(0, 3).join(", ")}.` : "`orrery schema list` has them all."}`,
      );
      process.exitCode = EXIT.usage;
      return;
    }
    printRows(
      codec.schema.fields.map(({ number, name, fieldKind, scalar, message, enum: values }) => ({
        number,
        name,
        kind: fieldKind,
        of: message?.typeName ?? values?.typeName ?? scalar ?? "",
      })),
      options.json,
    );
  });

export const schema = new Command("schema").description("The contracts.");
for (const command of [list, show, check]) schema.addCommand(command);
