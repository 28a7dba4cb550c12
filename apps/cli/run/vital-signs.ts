import { type JournalEvent, JournalService } from "@orrery/schema/bus/v1";
import { NeedCritical, NpcDied, NpcService } from "@orrery/schema/npc/v1";
import { Need, RegionControlChanged, ShortageLevel, WorldService } from "@orrery/schema/world/v1";
import type { Edge } from "../edge.ts";
import { failureOf } from "@orrery/service";
import { wordOf } from "../print.ts";

/** How a world fares: each sign in words. */
export type VitalSigns = Readonly<Record<string, string>>;

const PAGE = 500;

/**
 * Who was in want and who died since a moment, what things cost now, which roads are closed, and whose the land is. What a
 * service does not say is told to be unknown, and why.
 */
export async function vitalSigns(edge: Edge, fromGs: number): Promise<VitalSigns> {
  const signs = Object.entries({ people, prices, roads, land }).map(async ([name, sign]) =>
    sign(edge, fromGs).catch((error: unknown) => ({ [name]: `unknown: ${failureOf(error).sentence}` })),
  );
  return Object.assign({}, ...(await Promise.all(signs)));
}

type Sign = (edge: Edge, fromGs: number) => Promise<VitalSigns>;

/** All that was said of a type since then. */
async function since({ world, client }: Edge, { typeName }: { readonly typeName: string }, fromGs: number) {
  const filter = { types: [typeName], fromGs };
  const events: JournalEvent[] = [];
  for (let pageToken = ""; ; ) {
    const page = await client(JournalService).query({ worldId: world, filter, pageSize: PAGE, pageToken });
    events.push(...page.events);
    pageToken = page.nextPageToken;
    if (pageToken === "") return events;
  }
}

const people: Sign = async (edge, fromGs) => {
  const { world, client } = edge;
  let count = 0;
  for (let pageToken = ""; ; ) {
    const page = await client(NpcService).listNpcs({ worldId: world, pageSize: PAGE, pageToken });
    count += page.npcs.length;
    pageToken = page.nextPageToken;
    if (pageToken === "") break;
  }
  const wanting = new Map<Need, Set<string>>();
  for (const { payload } of await since(edge, NeedCritical, fromGs)) {
    const { need, npcId } = NeedCritical.decode(payload);
    wanting.set(need, (wanting.get(need) ?? new Set()).add(npcId));
  }
  const hungry = wanting.get(Need.FOOD)?.size ?? 0;
  const others = [...wanting]
    .filter(([need]) => need !== Need.FOOD)
    .sort(([one], [other]) => one - other)
    .map(([need, who]) => `${who.size} ${wordOf(Need, need)}`);
  return {
    people: `${count}, and ${(await since(edge, NpcDied, fromGs)).length} died`,
    fed: `${count - hungry} of ${count} were never in want of food`,
    "in want": others.length === 0 ? "nobody, of anything else" : `of ${others.join(", ")}`,
  };
};

const prices: Sign = async ({ world, client }): Promise<VitalSigns> => {
  const { markets } = await client(WorldService).getMarket({ worldId: world });
  if (markets.length === 0) return {};
  const ratios = markets.map(({ price, base }) => price / base).sort((one, other) => one - other);
  const [least, middle, most] = [0, ratios.length >> 1, ratios.length - 1].map((at) => ratios[at] ?? 0);
  const short = markets.filter(({ level }) => level !== ShortageLevel.UNSPECIFIED).length;
  return {
    prices: `${least?.toFixed(2)} to ${most?.toFixed(2)} of the usual, ${middle?.toFixed(2)} in the middle`,
    short: `${short} of ${markets.length} markets`,
  };
};

const roads: Sign = async ({ world, client }): Promise<VitalSigns> => {
  const { routes } = await client(WorldService).getRoutes({ worldId: world });
  if (routes.length === 0) return {};
  return { "roads closed": `${routes.filter(({ open }) => !open).length} of ${routes.length}` };
};

const land: Sign = async (edge, fromGs): Promise<VitalSigns> => {
  const { regions } = await edge.client(WorldService).getControl({ worldId: edge.world });
  if (regions.length === 0) return {};
  const lands = [...Map.groupBy(regions, ({ holderId }) => holderId)]
    .map(([holder, held]) => [holder.slice(holder.indexOf(":") + 1) || "nobody", held.length] as const)
    .sort(([one, more], [other, less]) => less - more || (one < other ? -1 : 1));
  const whose = lands.map(([holder, count]) => `${holder} ${count}`).join(", ");
  const changed = (await since(edge, RegionControlChanged, fromGs)).filter(({ payload }) => {
    const { holderId, prevHolderId } = RegionControlChanged.decode(payload);
    return holderId !== prevHolderId;
  });
  return { land: `${whose}; ${changed.length} changed hands` };
};
