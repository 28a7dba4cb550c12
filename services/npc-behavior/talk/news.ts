import { create } from "@bufbuild/protobuf";
import { knownTo, remember } from "@orrery/npc-mind";
import { MemorySchema, MemorySource, type Mind } from "@orrery/schema/npc/v1";
import { AlertKind, type WeatherSevere } from "@orrery/schema/weather/v1";
import {
  type FactInit,
  Predicate,
  type RouteChanged,
  type ShortageDeclared,
  ShortageLevel,
  type WorldEventStarted,
} from "@orrery/schema/world/v1";
import type { EventId } from "@orrery/wire";
import type { PeopleContext, PeopleWorld } from "../state.ts";
import { atOf } from "../turn/turn.ts";

/** How many come to know something by themselves: the others hear it from them. */
const WITNESSES = 5;

export interface News {
  readonly fact: FactInit;
  /** -1 terrible .. 1 wonderful. */
  readonly valence: number;
  /** 0..1. */
  readonly importance: number;
  readonly nowGs: number;
}

export function shortageNews({ regionId, goodId, level, staple, atGs }: ShortageDeclared): News {
  const predicate = level === ShortageLevel.EASED ? Predicate.HAS_AGAIN : Predicate.SHORT_OF;
  const importance = staple ? 0.8 : 0.4;
  const valence = level === ShortageLevel.EASED ? 0.5 : -0.7;
  return { fact: { subject: regionId, predicate, object: goodId }, valence, importance, nowGs: atGs };
}

export function routeNews({ roadId, open, atGs }: RouteChanged, regionId: string): News {
  const predicate = open ? Predicate.OPEN_AGAIN : Predicate.CLOSED;
  return {
    fact: { subject: roadId, predicate, place: regionId },
    valence: open ? 0.4 : -0.5,
    importance: 0.6,
    nowGs: atGs,
  };
}

export function eventNews({ ruleId, intensity, atGs }: WorldEventStarted, regionId: string): News {
  const fact = { subject: regionId, predicate: Predicate.HAPPENS, object: ruleId };
  // Whether it is good depends on who asks; the larger it is, the more is said of it.
  return { fact, valence: 0.3, importance: 0.3 + 0.4 * intensity, nowGs: atGs };
}

const KINDS: ReadonlyMap<AlertKind, string> = new Map(
  Object.entries(AlertKind).map(([name, kind]) => [kind as AlertKind, name.toLowerCase()]),
);

export function weatherNews({ regionId, kind, atGs }: WeatherSevere): News {
  const fact = { subject: regionId, predicate: Predicate.STRUCK_BY, object: KINDS.get(kind) ?? "" };
  return { fact, valence: -0.6, importance: 0.6, nowGs: atGs };
}

/** Some of those who are awake in a region come to know it; whom, luck decides. */
export function spread(state: PeopleWorld, regionId: string, news: News, ctx: PeopleContext): void {
  const awake = [...state.minds]
    .filter(([, mind]) => mind.regionId === regionId)
    .filter(([, mind]) => atOf({ state, standing: ctx.derived }, mind as Mind)?.asleep !== true)
    .map(([id]) => id);
  const random = ctx.streams.stream(
    "news",
    regionId,
    news.fact.subject ?? "",
    news.fact.object ?? "",
    news.nowGs,
  );
  for (let left = WITNESSES; left > 0 && awake.length > 0; left--) {
    const [id] = awake.splice(random.int(awake.length), 1);
    if (id !== undefined) witness(state.minds.edit(id), news, ctx.cause);
  }
}

/** Somebody has seen it. @param origin the event that it goes back to */
export function witness(
  mind: Mind,
  { fact, valence, importance, nowGs }: News,
  origin: EventId | undefined,
): void {
  const memory = create(MemorySchema, {
    fact,
    valence,
    importance,
    confidence: 1,
    atGs: nowGs,
    source: MemorySource.WITNESSED,
    originPublisher: origin?.publisher ?? "",
    originSequence: origin?.sequence ?? 0,
  });
  remember(mind.memories, memory, nowGs, knownTo(mind));
}
