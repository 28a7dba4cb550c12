import { WorldService as ForkService } from "@orrery/schema/bus/v1";
import { TimeService } from "@orrery/schema/time/v1";
import { WorldService } from "@orrery/schema/world/v1";
import { OrreryError } from "@orrery/wire";
import type { Edge } from "../../edge.ts";
import { cliErrors } from "../../errors.ts";
import type { Difference, Names } from "./difference.ts";
import { landDifferences } from "./land.ts";
import { peopleDifferences, peopleOf } from "./people.ts";
import { partedAt } from "./parted.ts";
import { toldIn } from "./told.ts";

/**
 * What differs between two worlds of one past since they parted, in words, what differs most first.
 * @param untilGs game time up to which they are compared; default as far as both clocks have come
 * @throws CLI_NO_COMMON_PAST
 */
export async function differences(
  edge: Edge,
  [worldA, worldB]: readonly [string, string],
  untilGiven: number | undefined,
): Promise<{ readonly nameOf: Names; readonly all: readonly Difference[] }> {
  const { forks } = await edge.client(ForkService).listForks({});
  const fromGs = partedAt(forks, worldA, worldB);
  if (fromGs === undefined || worldA === worldB)
    throw new OrreryError(cliErrors.CLI_NO_COMMON_PAST, { given: `${worldA} and ${worldB}` });
  const nowGs = async (worldId: string) => {
    const { now } = await edge.client(TimeService).getClock({ worldId });
    return now?.atGs ?? fromGs;
  };
  const untilGs = Math.min(untilGiven ?? Number.POSITIVE_INFINITY, await nowGs(worldA), await nowGs(worldB));
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

/** `Market Vale` of `region:market-vale`: packs name most of what they have after its id. */
function inWords(id: string): string {
  const words = id.slice(id.indexOf(":") + 1).replaceAll("-", " ");
  return id.startsWith("good:") ? words : words.replace(/(^| )[a-z]/g, (first) => first.toUpperCase());
}
