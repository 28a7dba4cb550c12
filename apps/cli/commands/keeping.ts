import { JournalService, type RetentionRule, type StatsResponse, WorldService } from "@orrery/schema/bus/v1";
import { edgeCommand, type EdgeOptions, openEdge } from "../edge.ts";
import { ordinal } from "../numbers.ts";
import { gameClock, printRows } from "../print.ts";

const mib = (bytes: number) => Number((bytes / 2 ** 20).toFixed(1));

export const usage = edgeCommand("usage", "what the journal holds of each world, and how full it is").action(
  async (options: EdgeOptions) => {
    const { client } = await openEdge(options);
    const answer = await client(JournalService).stats({});
    const { worlds, usedBytes, budgetBytes } = answer;
    printRows(
      worlds.map(({ worldId, events, oldestOrdinal, newestOrdinal, segmentBytes }) => ({
        world: worldId,
        events,
        oldest: oldestOrdinal,
        newest: newestOrdinal,
        MiB: mib(segmentBytes),
      })),
      options.json,
    );
    if (!options.json)
      console.log(`${mib(usedBytes)} of ${mib(budgetBytes)} MiB${disk(answer)}; ${lasts(answer)}.`);
  },
);

/** Only where the disk ends before the budget. */
const disk = ({ usedBytes, budgetBytes, diskFreeBytes = Number.POSITIVE_INFINITY }: StatsResponse) =>
  diskFreeBytes < budgetBytes - usedBytes ? ` (the disk has ${mib(diskFreeBytes)} left)` : "";

function lasts({ daysLeft, paceSeconds }: StatsResponse): string {
  if (paceSeconds === 0) return "how long that lasts is known after a minute";
  if (daysLeft === undefined) return "it does not grow";
  const left = daysLeft < 2 ? `${(daysLeft * 24).toFixed(1)} hours` : `${daysLeft.toFixed(1)} days`;
  return `${left} left at this hour's pace`;
}

export const retention = edgeCommand(
  "retention",
  "how long each type of event is kept, and what stays of the world whatever that says",
).action(async (options: EdgeOptions) => {
  const { world, client } = await openEdge(options);
  const { rules, holds } = await client(WorldService).listRetention({ worldId: world });
  printRows(
    rules.map(({ type, kept, bySetting }) => ({
      type,
      kept: keptText(kept),
      by: bySetting ? "EVENT_BUS_RETENTION" : "its contract",
    })),
    options.json,
  );
  const held = holds.map(({ worldId, fromOrdinal, holder, reachedGs, hasClock }) => ({
    world: worldId,
    "all from": holder === "" ? "nothing" : fromOrdinal,
    for: holder,
    "days count back from": hasClock ? (reachedGs === undefined ? "?" : gameClock(reachedGs)) : "today",
  }));
  if (!options.json) console.log("");
  printRows(held, options.json);
});

function keptText(kept: RetentionRule["kept"]): string {
  switch (kept.case) {
    case "days":
      return `${kept.value} days`;
    case "gameDays":
      return `${kept.value} game days`;
    case "latest":
      return `newest ${kept.value} of a key`;
    default:
      return "for ever";
  }
}

/** Without --yes it only counts. */
export const prune = edgeCommand("prune", "takes out events that have outlived their retention, now")
  .option("--yes", "do it; without this it is only counted", false)
  .action(async (options: EdgeOptions & { yes: boolean }) => {
    const { client } = await openEdge(options);
    const done = await client(WorldService).prune({ dryRun: !options.yes });
    const { frames, events, bytesBefore, bytesAfter } = done;
    printRows(
      [{ frames, events, "MiB before": mib(bytesBefore), "MiB after": mib(bytesAfter) }],
      options.json,
    );
    if (events > 0 && !options.yes) console.error(`${events} events would go; add --yes to take them out.`);
  });

export const pin = edgeCommand("pin", "keeps a stretch of a world's journal whatever its retention says")
  .argument("<from>", "ordinal", ordinal)
  .argument("<to>", "ordinal", ordinal)
  .option("--note <text>", "why", "")
  .action(async (from: number, to: number, options: EdgeOptions & { note: string }) => {
    const { world, client } = await openEdge(options);
    const made = await client(WorldService).pin({ worldId: world, from, to, note: options.note });
    printRows([{ pin: made.pin?.pinId, world, from, to }], options.json);
  });

export const unpin = edgeCommand("unpin", "lets retention have its way again")
  .argument("<pin>")
  .action(async (pinId: string, options: EdgeOptions) => {
    const { client } = await openEdge(options);
    await client(WorldService).unpin({ pinId });
    printRows([{ unpinned: pinId }], options.json);
  });

export const pins = edgeCommand("pins", "stretches that are kept").action(async (options: EdgeOptions) => {
  const { client } = await openEdge(options);
  const found = await client(WorldService).listPins({});
  printRows(
    found.pins.map(({ pinId, worldId, from, to, actor, note }) => ({
      pin: pinId,
      world: worldId,
      from,
      to,
      by: actor,
      note,
    })),
    options.json,
  );
});
