import type { Mind } from "@orrery/schema/npc/v1";
import type { DeepReadonly } from "@orrery/simulation/define";
import type { Census, Home } from "./census.ts";
import type { Morning } from "./morning.ts";
import { helpFor, takeUp, vacate } from "./posts.ts";
import { PACK, type PeopleContext, type PeopleWorld } from "../state.ts";

type Person = DeepReadonly<Mind>;

export const regionOf = ({ homePlaceId }: Pick<Person, "homePlaceId">, { derived }: PeopleContext): string =>
  derived.country.atlas.place(homePlaceId)?.regionId ?? "";

/** Regions that a road leads to from one, the next on its way, in the order of their ids. */
export function nextTo(
  { surroundings }: Pick<PeopleWorld, "surroundings">,
  regionId: string,
): readonly string[] {
  const next = new Set<string>();
  for (const { regionIds } of surroundings.get(PACK)?.land?.roads ?? [])
    regionIds.forEach((one, at) => {
      const on = regionIds[at + 1];
      if (on === undefined || on === one) return;
      if (one === regionId) next.add(on);
      if (on === regionId) next.add(one);
    });
  return [...next].sort();
}

/** What somebody does in another region whom no post of theirs can follow. */
export type Work = NonNullable<ReturnType<typeof helpFor>>;

/** What there is to do in a house of another region for somebody who worked; undefined: nothing. */
export const workIn = (
  state: PeopleWorld,
  { memberIds }: Home,
  random: Parameters<typeof helpFor>[3],
  ctx: PeopleContext,
): Work | undefined =>
  helpFor(state, memberIds, [...ctx.derived.country.society.learners].sort(), random, ctx);

/** A house to move into, and what somebody does there whose work stays behind. */
export interface Move {
  readonly home: Home;
  readonly work: Work | undefined;
}

/**
 * Somebody lives in another house from now on: they go there when they next go home. What they leave undone is for whoever lived with
 * them first. The census knows it at once.
 * @param tell says of it, before anything is said of what they take up
 */
export function moveHouse(
  state: PeopleWorld,
  npcId: string,
  { home, work }: Move,
  { census, nowGs }: Morning & { readonly census: Census },
  ctx: PeopleContext,
  tell: () => void,
): void {
  const mind = state.minds.edit(npcId);
  if (work !== undefined) vacate(state, mind, { nowGs, afterId: npcId }, ctx);
  const fromRegionId = regionOf(mind, ctx);
  const before = census.homes.find(({ household }) => household.id === mind.householdId);
  const at = before?.memberIds.indexOf(npcId) ?? -1;
  if (at >= 0) before?.memberIds.splice(at, 1);
  home.memberIds.push(npcId);
  home.memberIds.sort();
  census.counts.set(fromRegionId, (census.counts.get(fromRegionId) ?? 0) - 1);
  census.counts.set(home.regionId, (census.counts.get(home.regionId) ?? 0) + 1);
  const { id: householdId, homePlaceId } = home.household;
  ctx.derived.households.go(mind.householdId, npcId);
  ctx.derived.households.come(householdId, npcId);
  Object.assign(mind, { householdId, homePlaceId, slotUntilGs: Math.min(mind.slotUntilGs, nowGs) });
  tell();
  if (work !== undefined) takeUp(state, npcId, { ...work, helps: true, afterId: "" }, nowGs, ctx);
}
