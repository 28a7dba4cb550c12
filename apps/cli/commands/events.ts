import { Command } from "commander";
import { WorldEventType, WorldService } from "@orrery/schema/world/v1";
import { edgeCommand, type EdgeOptions, openEdge } from "../edge.ts";
import { decimal } from "../numbers.ts";
import { gameClock, printRows, wordOf } from "../print.ts";

const ruleId = (given: string) => (given.includes(":") ? given : `rule:${given}`);
const regionId = (given: string) => (given.includes(":") ? given : `region:${given}`);

const ls = edgeCommand("ls", "what happens now; or, with --rules, what may")
  .option("--rules", "what the world's pack says may happen")
  .action(async (options: EdgeOptions & { rules?: boolean }) => {
    const { world, client } = await openEdge(options);
    const { events, rules } = await client(WorldService).listEvents({ worldId: world });
    if (options.rules)
      printRows(
        rules.map(({ ruleId: id, name, type, lengthH }) => ({
          rule: id,
          name,
          type: wordOf(WorldEventType, type),
          hours: lengthH,
        })),
        options.json,
      );
    else
      printRows(
        events.map(({ eventId, regionId: region, intensity, fromGs, untilGs, text }) => ({
          event: eventId,
          region,
          intensity: Number(intensity.toFixed(2)),
          since: gameClock(fromGs),
          until: gameClock(untilGs),
          what: text,
        })),
        options.json,
      );
  });

const begin = edgeCommand("begin", "lets something happen, whatever luck says")
  .argument("<rule>", "like shoals; `events ls --rules` lists them")
  .argument("<region>", "like mereshore")
  .option("--intensity <share>", "0..1; default as luck has it", decimal(0, 1))
  .option("--hours <count>", "game hours, 1..8760; default as the rule says", decimal(1, 8_760))
  .action(
    async (rule: string, region: string, options: EdgeOptions & { intensity?: number; hours?: number }) => {
      const { world, client } = await openEdge(options);
      const { eventId } = await client(WorldService).startEvent({
        worldId: world,
        idempotencyKey: crypto.randomUUID(),
        ruleId: ruleId(rule),
        regionId: regionId(region),
        ...(options.intensity !== undefined && { intensity: options.intensity }),
        ...(options.hours !== undefined && { hours: options.hours }),
      });
      printRows([{ event: eventId }], options.json);
    },
  );

const end = edgeCommand("end", "calls off what happens")
  .argument("<event>", "like event:shoals/3")
  .action(async (eventId: string, options: EdgeOptions) => {
    const { world, client } = await openEdge(options);
    const asked = { worldId: world, idempotencyKey: crypto.randomUUID(), eventId };
    const { ended } = await client(WorldService).endEvent(asked);
    printRows([{ event: eventId, ended: ended ? "yes" : "it was over" }], options.json);
  });

export const events = new Command("events").description("What happens in a world, and what may.");
for (const command of [ls, begin, end]) events.addCommand(command);
