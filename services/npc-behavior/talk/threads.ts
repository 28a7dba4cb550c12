import { CRITICAL, levelOf, NEEDS, WANTED } from "@orrery/npc-mind";
import {
  BlockedBy,
  GoalKind,
  type Lack,
  MemorySource,
  type Mind,
  type ThreadInit,
} from "@orrery/schema/npc/v1";
import { Predicate, Reflex, SpeechAct } from "@orrery/schema/world/v1";
import type { DeepReadonly } from "@orrery/simulation/define";
import { obstacleIn, WISHES, wishOf } from "../goals/words.ts";
import { lackOf } from "../turn/larder.ts";
import { factInWords, nameIn } from "./lines.ts";
import { activityOf, atOf, roleOf, type Turn } from "../turn/turn.ts";

type Around = Pick<Turn, "state" | "standing">;

/** What somebody wants, and what is in the way of it. */
interface Wish {
  readonly wish: string;
  /** Empty: nothing. */
  readonly obstacle: string;
  readonly weight: number;
}

const DAY_GS = 86_400;
/** So long after it somebody is in mourning, and so long news is news. */
const [MOURNING_GS, NEWS_GS] = [3 * DAY_GS, DAY_GS];
const [MOURNS, RUNS, LACKS, WANTS, TELLS, LONGS] = [0.95, 0.7, 0.6, 0.3, 0.45, 0.2];
/** What cannot be had at all adds so much. */
const BLOCKED = 0.3;

const WHYS: Readonly<Record<number, (good: string, region: string) => string>> = {
  [BlockedBy.NO_STOCK]: (good, region) => `there is hardly any ${good} in ${region}`,
  [BlockedBy.NO_ROUTE]: (good) => `no cart with ${good} comes through`,
  [BlockedBy.NO_MONEY]: (good) => `nobody there can pay for ${good}`,
};

/** As many as anybody may ask for. */
export const MOST_THREADS = 20;
/** Everybody is looked at once a game minute, however many ask. */
const lastFound = new WeakMap<
  Turn["standing"],
  { readonly nowGs: number; readonly threads: readonly ThreadInit[] }
>();

/** Whom it is most worth to follow: those who have something at heart, sleepers never. */
export function threadsOf(around: Around, nowGs: number, count: number): ThreadInit[] {
  const last = lastFound.get(around.standing);
  const threads = last?.nowGs === nowGs ? last.threads : findAll(around, nowGs);
  if (threads !== last?.threads) lastFound.set(around.standing, { nowGs, threads });
  return threads.slice(0, count);
}

function findAll(around: Around, nowGs: number): readonly ThreadInit[] {
  const threads: ThreadInit[] = [];
  for (const [, kept] of around.state.minds) {
    const mind = kept as Mind;
    if (atOf(around, mind)?.asleep === true) continue;
    threads.push(threadOf(around, mind, strongest(around, mind, nowGs)));
  }
  return threads
    .sort(
      (one, other) =>
        (other.weight ?? 0) - (one.weight ?? 0) || ((one.npcId ?? "") < (other.npcId ?? "") ? -1 : 1),
    )
    .slice(0, MOST_THREADS);
}

function strongest(around: Around, mind: Mind, nowGs: number): Wish {
  const wishes = [
    mourns(around, mind, nowGs),
    runs(around, mind),
    ...wants(around, mind),
    tells(around, mind, nowGs),
  ];
  return wishes
    .filter((wish) => wish !== undefined)
    .reduce((best, one) => (one.weight > best.weight ? one : best), longing(mind));
}

/** Whoever has nothing at heart wants most what they have least of. */
function longing({ needs }: Mind): Wish {
  const least = NEEDS.reduce((one, other) => (levelOf(needs, other) < levelOf(needs, one) ? other : one));
  const weight = LONGS * (1 - Math.max(0, levelOf(needs, least)));
  return { wish: WISHES[least] ?? "nothing", obstacle: "", weight };
}

/** Who lost one of their own; others who heard of it know of a death, and go on. */
function mourns(around: Around, { memories, householdId }: Mind, nowGs: number): Wish | undefined {
  const death = memories.find(
    ({ fact, atGs, source, importance }) =>
      fact?.predicate === Predicate.DIED &&
      nowGs - atGs < MOURNING_GS &&
      source === MemorySource.WITNESSED &&
      importance >= 1,
  );
  if (death?.fact === undefined || householdId === "") return undefined;
  return {
    wish: `to mourn ${nameIn(around, death.fact.subject)}`,
    obstacle: "the day asks for its work",
    weight: MOURNS,
  };
}

function runs(around: Around, { doing, placeId }: Mind): Wish | undefined {
  const reflex = activityOf(around, doing?.activityId)?.reflex;
  if (placeId !== "") return undefined;
  if (reflex === Reflex.WEATHER)
    return { wish: "a roof over the head", obstacle: "the weather is faster", weight: RUNS };
  if (reflex === Reflex.FLEE)
    return { wish: "to be somewhere safe", obstacle: "danger is close behind", weight: RUNS };
  return undefined;
}

/** Needs that are not met, and what a region lacks for them. */
function wants(around: Around, mind: Mind): Wish[] {
  return NEEDS.flatMap((need) => {
    const level = levelOf(mind.needs, need);
    if (level >= WANTED) return [];
    const lack = lackOf(around.state, mind.regionId, need);
    const weight =
      (level < CRITICAL ? LACKS : WANTS) + (lack === undefined ? 0 : BLOCKED) + (WANTED - level) / 10;
    return [{ wish: WISHES[need] ?? "something", obstacle: obstacleOf(around, mind, lack), weight }];
  });
}

function obstacleOf(
  around: Around,
  { regionId, slotActivityId, doing }: Mind,
  lack: DeepReadonly<Lack> | undefined,
): string {
  if (lack !== undefined)
    return WHYS[lack.why]?.(nameIn(around, lack.goodId), nameIn(around, regionId)) ?? "there is none";
  const isAtWork = doing?.activityId === slotActivityId && doing?.startedGs !== undefined;
  return isAtWork ? "the day's work is not done" : "";
}

/** News that lie on somebody's heart: of whom they have set themselves to tell it, first. */
function tells(around: Around, mind: Mind, nowGs: number): Wish | undefined {
  const goal = mind.goals.find(({ kind }) => kind === GoalKind.TELL);
  if (goal !== undefined)
    return { wish: wishOf(around, mind, goal), obstacle: obstacleIn(goal), weight: TELLS };
  const [news] = mind.memories
    .filter(({ atGs, hops }) => hops === 0 && nowGs - atGs < NEWS_GS)
    .sort((one, other) => other.importance - one.importance);
  const words = factInWords(around, news?.fact, SpeechAct.GOSSIP);
  if (news === undefined || words === "") return undefined;
  return { wish: `somebody to tell: "${words}"`, obstacle: "", weight: TELLS * news.importance };
}

const joined = (...parts: readonly string[]) => parts.filter((part) => part !== "").join(", ");

function threadOf(around: Around, mind: Mind, { wish, obstacle, weight }: Wish): ThreadInit {
  const { npcId, name, regionId } = mind;
  const way = wayOf(around, mind);
  const role = roleOf(around, mind)?.name ?? "";
  const who = role === "" ? name : `${name}, ${role},`;
  const text = joined(`${who} wants ${wish}`, obstacle === "" ? "" : `but ${obstacle}`);
  return { npcId, name, regionId, wish, obstacle, way, weight: Math.min(1, weight), text: `${text}; ${way}` };
}

/** What they do about it, or instead of it, and what they mean to do. */
function wayOf(around: Around, { journey, doing, placeId, goals }: Mind): string {
  const says = activityOf(around, doing?.activityId)?.says;
  if (journey !== undefined) return `is on the way to ${nameIn(around, journey.toPlaceId)}`;
  const where = placeId === "" ? "" : ` at ${nameIn(around, placeId)}`;
  const next = goals.find(({ steps }) => steps.length > 0)?.steps[0];
  const then =
    next === undefined || next.placeId === placeId ? "" : `, means to go to ${nameIn(around, next.placeId)}`;
  return `${says ?? "stands"}${where}${then}`;
}
