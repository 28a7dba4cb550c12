import { PersonalService } from "@orrery/schema/bus/v1";
import { edgeCommand, type EdgeOptions, openEdge } from "../edge.ts";
import { printRows } from "../print.ts";

/** Without --yes it only counts: what is erased comes back for nobody. */
export const erase = edgeCommand("erase", "erases a person: what belongs to them reads ERASED from then on")
  .argument("<subject>", "as the events name the person: `player:ada`; in every world, or that of --world")
  .option("--note <text>", "why; needed with --yes", "")
  .option("--yes", "do it; without this it is only counted", false)
  .action(async (subject: string, options: EdgeOptions & { note: string; yes: boolean }) => {
    const { client } = await openEdge(options);
    const { worlds, events, withinMs } = await client(PersonalService).eraseSubject({
      subject,
      worldId: options.world ?? "",
      note: options.note,
      dryRun: !options.yes,
    });
    printRows(
      worlds.map((one) => ({
        world: one.worldId,
        events: one.events,
        erased: one.erasedMs === 0 ? "" : new Date(one.erasedMs).toISOString(),
      })),
      options.json,
    );
    if (worlds.every(({ erasedMs }) => erasedMs > 0))
      console.error(`No process can read them ${withinMs / 1_000} s after that.`);
    else console.error(`Fields of ${events} events would be erased for ever; add --yes and --note to do it.`);
  });
