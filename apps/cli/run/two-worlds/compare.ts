import { JournalService } from "@orrery/schema/bus/v1";
import { WorldService } from "@orrery/schema/world/v1";
import type { Edge } from "../../edge.ts";
import type { Difference, Names } from "./difference.ts";
import { landDifferences } from "./land.ts";
import { peopleDifferences, peopleOf } from "./people.ts";
import { toldIn } from "./told.ts";

interface Asked {
  readonly worlds: readonly [string, string];
  /** The last world and place that are the past of both. */
  readonly ancestor: string;
  readonly position: number;
  readonly untilGs: number;
}

/** What differs between two worlds of one past since they parted, in words, what differs most first. */
export async function differences(
  edge: Edge,
  { worlds: [worldA, worldB], ancestor, position, untilGs }: Asked,
): Promise<{ readonly nameOf: Names; readonly all: readonly Difference[] }> {
  const fromGs = await partedAt(edge, ancestor, position);
  const [a, b] = [await toldIn(edge, worldA, fromGs, untilGs), await toldIn(edge, worldB, fromGs, untilGs)];
  const { routes } = await edge.client(WorldService).getRoutes({ worldId: worldA });
  const called = new Map([
    ...routes.map(({ roadId, name }) => [roadId, name] as const),
    ...(await peopleOf(edge, worldA)),
    ...(await peopleOf(edge, worldB)),
  ]);
  const nameOf = (id: string) => called.get(id) ?? inWords(id);
  const all = [
    ...landDifferences(a, b, untilGs, nameOf),
    ...(await peopleDifferences(edge, [a, b], { fromGs, untilGs }, nameOf)),
  ];
  return { nameOf, all: all.toSorted((one, other) => other.weight - one.weight) };
}

/** Game time of the last thing that both have in their past. */
async function partedAt(edge: Edge, world: string, position: number): Promise<number> {
  for (let value = position; value > 0; value--) {
    const which = { case: "ordinal" as const, value };
    const { event } = await edge.client(JournalService).get({ worldId: world, which });
    if (event?.atGs !== undefined) return event.atGs;
  }
  return 0;
}

/** `Market Vale` of `region:market-vale`: packs name most of what they have after its id. */
function inWords(id: string): string {
  const words = id.slice(id.indexOf(":") + 1).replaceAll("-", " ");
  return id.startsWith("good:") ? words : words.replace(/(^| )[a-z]/g, (first) => first.toUpperCase());
}
