import { affinityBy } from "@orrery/npc-mind";
import { type Mind, NpcMarried } from "@orrery/schema/npc/v1";
import type { DeepReadonly } from "@orrery/simulation/define";
import { type Census, hasRoom } from "./census.ts";
import { areKin, coupleOf, isFertile, isNear, livingIn } from "./families.ts";
import { type Move, moveHouse, nextTo, regionOf, workIn } from "./house.ts";
import type { Morning } from "./morning.ts";
import { isFree } from "./posts.ts";
import { PACK, type PeopleContext, type PeopleWorld } from "../state.ts";

/*
 * Who marries whom: two who are free to, near in age and no kin, of one region or of two that a road joins, and fond of each other
 * both. One of them moves into the other's house; where neither can, there is no wedding yet.
 */

type Person = DeepReadonly<Mind>;

/** Both think so well of each other at least (affinity). After a month one pair in fifty of those who have met do. */
const FOND = 0.25;
/** Weddings a year of two who would. */
const A_YEAR = 1;
/** Who has lost somebody marries nobody for so long, years. */
const MOURNING = 1;
const DAY_GS = 86_400;

interface Pair {
  readonly a: Person;
  readonly b: Person;
  readonly fond: number;
}

/** What somebody's affinity to somebody has come to by now; nobody is fond of whom they do not know. */
function fondness({ relations }: Person, toId: string, nowGs: number): number {
  const known = relations.find((one) => one.toId === toId);
  return known === undefined ? 0 : affinityBy(known, nowGs, 0);
}

export function weddings(state: PeopleWorld, census: Census, morning: Morning, ctx: PeopleContext): void {
  const yearDays = state.surroundings.get(PACK)?.yearDays ?? 0;
  if (yearDays === 0) return;
  const wed = new Set<string>();
  for (const { a, b } of pairsOf(state, census, { ...morning, yearDays }, ctx)) {
    if (wed.has(a.npcId) || wed.has(b.npcId)) continue;
    const random = ctx.streams.stream("wedding", a.npcId, b.npcId, morning.day);
    if (random.uniform() >= A_YEAR / yearDays) continue;
    const wedding = weddingOf(state, census, [a, b], random, ctx);
    if (wedding === undefined) continue;
    for (const one of [a, b]) wed.add(one.npcId);
    marry(state, census, wedding, morning, ctx);
  }
}

/** Who would marry whom, the fondest first. */
function pairsOf(
  state: PeopleWorld,
  { homes }: Census,
  { nowGs, yearDays }: Morning & { readonly yearDays: number },
  ctx: PeopleContext,
): readonly Pair[] {
  const { society } = ctx.derived.country;
  const couples = homes
    .filter(({ household }) => household.name !== "")
    .flatMap((home) => coupleOf(livingIn(state, home), society) ?? []);
  const taken = new Set(couples.map(({ npcId }) => npcId));
  const isSingle = (one: Person) => {
    const { diedGs = -Infinity } = state.late.get(one.spouseId) ?? {};
    return (
      isFertile(one, society) &&
      (society.roles.get(one.roleId)?.untilAge ?? 0) === 0 &&
      !taken.has(one.npcId) &&
      !state.minds.has(one.spouseId) &&
      nowGs - diedGs >= MOURNING * yearDays * DAY_GS
    );
  };
  const singles = new Map([...state.minds].filter(([, mind]) => isSingle(mind)));
  const pairs: Pair[] = [];
  for (const [id, a] of singles)
    for (const { toId, affinity } of a.relations) {
      // What nobody feeds fades: who was not fond enough is not.
      if (affinity < FOND || toId <= id) continue;
      const b = singles.get(toId);
      if (b === undefined) continue;
      const fond = Math.min(fondness(a, toId, nowGs), fondness(b, id, nowGs));
      if (fond >= FOND && couldMarry(state, a, b, ctx)) pairs.push({ a, b, fond });
    }
  return pairs.sort((one, other) => other.fond - one.fond || (one.a.npcId < other.a.npcId ? -1 : 1));
}

function couldMarry(state: PeopleWorld, a: Person, b: Person, ctx: PeopleContext): boolean {
  const [one, other] = [regionOf(a, ctx), regionOf(b, ctx)];
  return (
    a.speciesId === b.speciesId &&
    isNear(a, b) &&
    !areKin(a, b) &&
    (a.householdId === "" || a.householdId !== b.householdId) &&
    (one === other || nextTo(state, one).includes(other))
  );
}

interface Wedding extends Move {
  readonly mover: Person;
  readonly host: Person;
}

/** Who moves: rather who has no post to leave, and of two the younger; into a family's house, where there is room. */
function weddingOf(
  state: PeopleWorld,
  census: Census,
  [a, b]: readonly [Person, Person],
  random: Parameters<typeof workIn>[2],
  ctx: PeopleContext,
): Wedding | undefined {
  const posted = (one: Person) => (isFree(one, ctx) ? 0 : 1);
  const [first, second] = [a, b].sort(
    (one, other) => posted(one) - posted(other) || one.ageYears - other.ageYears,
  ) as [Person, Person];
  for (const [mover, host] of [
    [first, second],
    [second, first],
  ] as const) {
    const home = census.homes.find(({ household }) => household.id === host.householdId);
    if (home === undefined || home.household.name === "") continue;
    const crosses = regionOf(mover, ctx) !== home.regionId;
    if (crosses && !hasRoom(state, census, home.regionId)) continue;
    const work = crosses && mover.workPlaceId !== "" ? workIn(state, home, random, ctx) : undefined;
    if (crosses && mover.workPlaceId !== "" && work === undefined) continue;
    return { mover, host, home, work };
  }
  return undefined;
}

function marry(
  state: PeopleWorld,
  census: Census,
  { mover, host, home, work }: Wedding,
  morning: Morning,
  ctx: PeopleContext,
): void {
  const [npcId, toId] = [mover.npcId, host.npcId];
  state.minds.edit(npcId).spouseId = toId;
  state.minds.edit(toId).spouseId = npcId;
  const said = { npcId, toId, householdId: home.household.id, regionId: home.regionId };
  moveHouse(state, npcId, { home, work }, { ...morning, census }, ctx, () =>
    ctx.emit(NpcMarried, { atGs: morning.nowGs, ...said }),
  );
}
