import { type Mind, NpcSettled } from "@orrery/schema/npc/v1";
import type { DeepReadonly, Random } from "@orrery/simulation/define";
import type { Census, Home } from "./census.ts";
import { coupleOf, isFertile, livingIn } from "./families.ts";
import { type Move, moveHouse, nextTo, regionOf, workIn } from "./house.ts";
import type { Morning } from "./morning.ts";
import { isFree } from "./posts.ts";
import type { PeopleContext, PeopleWorld } from "../state.ts";

type Person = DeepReadonly<Mind>;

/** Where more live than this share of what it was, people go. Births end at 1.1, and nobody comes in from 1.15 on. */
const FULL = 1.05;
/** Of those who could, each goes on one such day in so many. */
const ONE_DAY_IN = 50;

/** People without ties go where fewer live than used to, a region on by road, while more do where they are. */
export function leave(state: PeopleWorld, census: Census, morning: Morning, ctx: PeopleContext): void {
  const full = (regionId: string) =>
    (census.counts.get(regionId) ?? 0) > FULL * (state.peopled.get(regionId)?.target ?? 0);
  const regionIds = state.peopled.ids().filter(full);
  if (regionIds.length === 0) return;
  const tied = tiedIn(state, census, ctx);
  for (const id of state.minds.ids()) {
    const one = state.minds.get(id) as Person;
    const regionId = regionOf(one, ctx);
    if (!regionIds.includes(regionId) || tied.has(id) || !isFertile(one, ctx.derived.country.society))
      continue;
    if (!isFree(one, ctx) || !full(regionId)) continue;
    const random = ctx.streams.stream("leave", id, morning.day);
    if (random.int(ONE_DAY_IN) > 0) continue;
    const to = placeFor(state, census, one, random, ctx);
    if (to === undefined) continue;
    const said = { npcId: id, householdId: to.home.household.id, fromRegionId: regionId };
    moveHouse(state, id, to, { ...morning, census }, ctx, () =>
      ctx.emit(NpcSettled, { atGs: morning.nowGs, regionId: to.home.regionId, ...said }),
    );
  }
}

/** Who stays for somebody's sake: for whom they are married to or taken for it, or for a child. */
function tiedIn(state: PeopleWorld, { homes }: Census, ctx: PeopleContext): ReadonlySet<string> {
  const { minds } = state;
  const { society } = ctx.derived.country;
  const tied = new Set<string>();
  for (const [id, { spouseId, parentIds, roleId }] of minds) {
    if (minds.has(spouseId)) tied.add(id);
    if ((society.roles.get(roleId)?.untilAge ?? 0) > 0) for (const parentId of parentIds) tied.add(parentId);
  }
  for (const home of homes)
    for (const { npcId } of coupleOf(livingIn(state, home), society) ?? []) tied.add(npcId);
  return tied;
}

/** The emptiest region next to theirs that lacks people; there the house with the fewest in it that has something to do. */
function placeFor(
  state: PeopleWorld,
  census: Census,
  one: Person,
  random: Random,
  ctx: PeopleContext,
): Move | undefined {
  const shareOf = (regionId: string) =>
    (census.counts.get(regionId) ?? 0) / (state.peopled.get(regionId)?.target ?? 0);
  const regionId = nextTo(state, regionOf(one, ctx))
    .filter((id) => (census.counts.get(id) ?? 0) + 1 <= (state.peopled.get(id)?.target ?? 0))
    .reduce<string | undefined>(
      (least, id) => (least === undefined || shareOf(id) < shareOf(least) ? id : least),
      undefined,
    );
  const isTheirs = ({ memberIds }: Home) =>
    memberIds.length === 0 || state.minds.get(memberIds[0] ?? "")?.speciesId === one.speciesId;
  const homes = census.homes
    .filter((home) => home.regionId === regionId && isTheirs(home))
    .sort((a, b) => a.memberIds.length - b.memberIds.length || (a.household.id < b.household.id ? -1 : 1));
  for (const home of homes) {
    const work = workIn(state, home, random, ctx);
    if (work !== undefined) return { home, work };
  }
  return undefined;
}
