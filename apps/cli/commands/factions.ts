import { Command } from "commander";
import {
  ActionOutcome,
  FactionAction,
  FactionInput,
  Stance,
  Treaty,
  WorldService,
} from "@orrery/schema/world/v1";
import { edgeCommand, type EdgeOptions, openEdge } from "../edge.ts";
import { whole } from "../numbers.ts";
import { gameClock, printRows, wordOf } from "../print.ts";

const DAY_GS = 86_400;
const rounded = (value: number) => Number(value.toFixed(2));
const factionId = (given: string) => (given.includes(":") ? given : `faction:${given}`);
const regionId = (given: string) => (given.includes(":") ? given : `region:${given}`);

/** What is shown of one faction. */
async function shown(faction: string, options: EdgeOptions) {
  const { world, client } = await openEdge(options);
  const asked = { worldId: world, factionIds: [factionId(faction)] };
  return (await client(WorldService).getFactions(asked)).factions[0];
}

const ls = edgeCommand("ls", "who wants power, what they have, and what they did last")
  .option("--player <id>", "also what they think of a player, like ada")
  .action(async (options: EdgeOptions & { player?: string }) => {
    const { world, client } = await openEdge(options);
    const { player: playerId = "" } = options;
    const { factions } = await client(WorldService).getFactions({ worldId: world, playerId });
    printRows(
      factions
        .toSorted((one, other) => other.power - one.power)
        .map(({ factionId: id, name, power, strength, treasury, regionIds, last, reputation }) => ({
          faction: id,
          name,
          power: rounded(power),
          strength: rounded(strength),
          treasury,
          lands: regionIds.length,
          ...(reputation && {
            player: `${wordOf(Stance, reputation.stance)} (${rounded(reputation.value)})`,
          }),
          last:
            last === undefined
              ? ""
              : `${wordOf(FactionAction, last.action)} ${last.targetId || last.regionId}${last.outcome === ActionOutcome.FAILED ? " (in vain)" : ""}, ${gameClock(last.atGs)}`,
        })),
      options.json,
    );
  });

const plans = edgeCommand("plans", "what a faction weighs now, and what keeps it from that")
  .argument("<faction>", "like deepdelve")
  .action(async (faction: string, options: EdgeOptions) => {
    printRows(
      ((await shown(faction, options))?.plans ?? []).map(
        ({ action, targetId, regionId: region, utility, keptBy, reasons }) => ({
          action: wordOf(FactionAction, action),
          whom: targetId,
          where: region,
          utility: rounded(utility),
          because: reasons
            .map(({ input, value }) => `${wordOf(FactionInput, input)} ${value.toFixed(2)}`)
            .join(", "),
          "kept by": keptBy,
        }),
      ),
      options.json,
    );
  });

const relations = edgeCommand("relations", "what a faction and the others think of each other")
  .argument("<faction>", "like deepdelve")
  .action(async (faction: string, options: EdgeOptions) => {
    printRows(
      ((await shown(faction, options))?.relations ?? []).map(
        ({ otherId, value, stance, treaty, grudge }) => ({
          other: otherId,
          value: rounded(value),
          stance: wordOf(Stance, stance),
          treaty: treaty === Treaty.UNSPECIFIED ? "" : wordOf(Treaty, treaty),
          grudge: rounded(grudge),
        }),
      ),
      options.json,
    );
  });

const land = edgeCommand("land", "whose the land is")
  .option("--contested", "only where two are close")
  .action(async (options: EdgeOptions & { contested?: boolean }) => {
    const { world, client } = await openEdge(options);
    const { regions } = await client(WorldService).getControl({ worldId: world });
    printRows(
      regions
        .filter(({ contested }) => options.contested !== true || contested)
        .map(({ regionId: region, holderId, shares, contested, sinceGs }) => ({
          region,
          holder: holderId === "" ? "nobody" : holderId,
          contested: contested ? "yes" : "",
          shares: shares
            .map(({ factionId: id, share }) => `${id === "" ? "free" : id} ${Math.round(100 * share)} %`)
            .join(", "),
          since: gameClock(sinceGs),
        })),
      options.json,
    );
  });

const history = edgeCommand("history", "whose a region was over the last days")
  .argument("<region>", "like wolfscar")
  .option("--days <count>", "game days back, 1..720", whole(1, 720), 90)
  .option("--step <days>", "days from one row to the next, 1..90", whole(1, 90), 5)
  .action(async (region: string, options: EdgeOptions & { days: number; step: number }) => {
    const { world, client } = await openEdge(options);
    const asked = { worldId: world, regionIds: [regionId(region)] };
    // Asked first: of a region that there is not history knows nothing.
    const { atGs } = await client(WorldService).getControl(asked);
    const { days } = await client(WorldService).getControlHistory({
      worldId: world,
      fromGs: atGs - options.days * DAY_GS,
      stepDays: options.step,
    });
    printRows(
      days.map((day) => {
        const own = day.regions.find(({ regionId: id }) => id === regionId(region));
        return {
          at: gameClock(day.atGs),
          holder: own?.holderId || "nobody",
          shares: own?.shares
            .map(({ factionId: id, share }) => `${id === "" ? "free" : id} ${Math.round(100 * share)} %`)
            .join(", "),
        };
      }),
      options.json,
    );
  });

export const factions = new Command("factions").description(
  "Who wants what in a world, and whose the land is.",
);
for (const command of [ls, plans, relations, land, history]) factions.addCommand(command);
