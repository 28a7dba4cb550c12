import { JournalService } from "@orrery/schema/bus/v1";
import { NpcService } from "@orrery/schema/npc/v1";
import { FactionAction, FactionInput, RouteWhy, WorldService } from "@orrery/schema/world/v1";
import { OrreryError } from "@orrery/wire";
import { type Edge, edgeCommand, type EdgeOptions, openEdge } from "../edge.ts";
import { cliErrors } from "../errors.ts";
import { gameClock, printRows, wordOf } from "../print.ts";

/** An answer: a sentence, and what is behind it. */
interface Answer {
  readonly text: string;
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

const MOST = 5;
const rounded = (value: number) => Number(value.toFixed(2));
const kindOf = (id: string) => (id.startsWith("place:") ? "road" : (/^([a-z]+):/.exec(id)?.[1] ?? "event"));

const termRows = (
  terms: readonly {
    of: string;
    text: string;
    factor: number;
    causePublisher: string;
    causeSequence: number;
  }[],
) =>
  terms.map(({ of, text, factor, causePublisher, causeSequence }) => ({
    of,
    factor: rounded(factor),
    because: text,
    event: causePublisher === "" ? "" : `${causePublisher}/${causeSequence}`,
  }));

async function chain({ world, client }: Edge, event: string): Promise<Answer> {
  const at = event.lastIndexOf("/");
  const [publisher, sequence] = [event.slice(0, at), Number(event.slice(at + 1))];
  const { chain: links } = await client(JournalService).causes({
    worldId: world,
    id: { publisher, sequence },
  });
  const rows = links.toReversed().map(({ service, says, id, atGs }) => ({
    at: atGs === undefined ? "" : gameClock(atGs),
    service,
    says,
    event: `${id?.publisher}/${id?.sequence}`,
  }));
  return { text: rows.at(-1)?.says ?? "", rows };
}

async function terms({ world, client }: Edge, asked: object): Promise<Answer> {
  const { text, terms: all } = await client(WorldService).explain({ worldId: world, ...asked });
  return { text, rows: termRows(all) };
}

async function person({ world, client }: Edge, npcId: string): Promise<Answer> {
  const asked = { worldId: world, npcId };
  const { npc } = await client(NpcService).getNpc(asked);
  const { weighed } = await client(NpcService).explain(asked);
  const rows = weighed.slice(0, MOST).map(({ says, placeId, utility, isSlot }) => ({
    activity: says,
    place: placeId,
    utility: rounded(utility),
    day: isSlot ? "it is the hour for it" : "",
  }));
  return { text: `${npc?.name} ${npc?.doing}; now weighs`, rows };
}

async function faction({ world, client }: Edge, factionId: string): Promise<Answer> {
  const { factions } = await client(WorldService).getFactions({ worldId: world, factionIds: [factionId] });
  const { name = "", last } = factions[0] ?? {};
  if (last === undefined) return { text: `${name} has done nothing yet`, rows: [] };
  const { action, targetId, regionId, atGs, utility, reasons } = last;
  const whom = targetId === "" ? regionId : targetId;
  return {
    text: `${name}, ${gameClock(atGs)}: ${wordOf(FactionAction, action)} ${whom} (utility ${utility.toFixed(2)})`,
    rows: reasons.map(({ input, value }) => ({
      because: wordOf(FactionInput, input),
      value: rounded(value),
    })),
  };
}

async function region(edge: Edge, regionId: string): Promise<Answer> {
  const asked = { worldId: edge.world, regionIds: [regionId] };
  const { regions } = await edge.client(WorldService).getControl(asked);
  const holderId = regions[0]?.holderId ?? "";
  if (holderId === "") return { text: `${regionId} is nobody's`, rows: [] };
  return terms(edge, { regionId, factionId: holderId });
}

async function road(edge: Edge, roadId: string): Promise<Answer> {
  const { routes } = await edge.client(WorldService).getRoutes({ worldId: edge.world });
  const own = routes.filter(({ roadId: id, routeId }) => id === roadId || routeId === roadId);
  if (own.length === 0) throw unknown(roadId);
  const closed = own.find(({ open }) => !open);
  if (closed === undefined) return { text: `${own[0]?.name} is open`, rows: [] };
  const { name, fromId, toId, why: by, sinceGs, causePublisher, causeSequence } = closed;
  const { rows } = await chain(edge, `${causePublisher}/${causeSequence}`);
  const text = `${name} is closed between ${fromId} and ${toId} (${wordOf(RouteWhy, by)}) since ${gameClock(sinceGs)}`;
  return { text, rows };
}

/** What is asked by which kinds of ids, in any order. */
const ASKED: Readonly<Record<string, (edge: Edge, ids: readonly string[]) => Promise<Answer>>> = {
  event: (edge, [event = ""]) => chain(edge, event),
  npc: (edge, [npcId = ""]) => person(edge, npcId),
  faction: (edge, [factionId = ""]) => faction(edge, factionId),
  region: (edge, [regionId = ""]) => region(edge, regionId),
  road: (edge, [roadId = ""]) => road(edge, roadId),
  "good region": (edge, [goodId = "", regionId = ""]) => terms(edge, { regionId, goodId }),
  "faction region": (edge, [factionId = "", regionId = ""]) => terms(edge, { regionId, factionId }),
  "faction player": (edge, [factionId = "", playerId = ""]) => terms(edge, { factionId, playerId }),
  "faction faction": (edge, [factionId = "", otherId = ""]) => terms(edge, { factionId, otherId }),
};

function unknown(given: string): OrreryError {
  return new OrreryError(cliErrors.CLI_BAD_ARGUMENT, {
    given: `${given}: wants an event (publisher/sequence), npc:…, faction:…, region:… or a road; or two of them: a good and a region, a faction and a region or a player, two factions`,
  });
}

export const why = edgeCommand(
  "why",
  "why anything is as it is: a price, a share of the land, what a faction thinks of a player, a person, a road, an event",
)
  .argument(
    "<ids...>",
    "like good:grain region:mill-vale, faction:deepdelve, npc:mira-reed, place:road-low, world-state/120",
  )
  .action(async (given: string[], options: EdgeOptions) => {
    const ids = given.toSorted((one, other) => (kindOf(one) < kindOf(other) ? -1 : 1));
    const kinds = ids.map(kindOf).join(" ");
    const ask = Object.hasOwn(ASKED, kinds) ? ASKED[kinds] : undefined;
    const isEvent = kinds !== "event" || /^.+\/[1-9]\d*$/.test(given[0] ?? "");
    if (ask === undefined || !isEvent) throw unknown(given.join(" "));
    const { text, rows } = await ask(await openEdge(options), ids);
    if (!options.json) console.error(`${text}.`);
    printRows(options.json ? [{ text, because: rows }] : rows, options.json);
  });
