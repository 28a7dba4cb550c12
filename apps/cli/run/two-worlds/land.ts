import type { JournalEvent } from "@orrery/schema/bus/v1";
import { NpcDied } from "@orrery/schema/npc/v1";
import {
  FactionActed,
  PriceChanged,
  RegionControlChanged,
  RouteChanged,
  ShortageDeclared,
  ShortageLevel,
  WorldEventStarted,
} from "@orrery/schema/world/v1";
import { type Difference, type Names, named, reasonFor } from "./difference.ts";
import type { Told } from "./told.ts";

const HOUR_GS = 3_600;
/** A price that is so much of the other, as a logarithm, weighs 1; so does a road that is closed for so long in one alone. */
const [PRICE, ROAD_HOURS] = [Math.log(2), 72];
/** Prices nearer than this are the same to people. */
const LEAST_PRICE = 0.05;
const [SHORTAGE, CRITICAL, DEED, LAND, EVENT, DEATH] = [0.6, 1, 0.4, 0.7, 0.5, 1];

type Compare = (a: Told, b: Told, untilGs: number, nameOf: Names) => readonly Difference[];

/** What became of the land: prices, roads, shortages, deeds of factions, whose it is, what happened, who died. */
export const landDifferences: Compare = (...given) =>
  [prices, roads, shortages, lands, deeds, happenings, deaths].flatMap((compare) => compare(...given));

/** The first event of two lists that one world alone has, with the world whose it is. */
function firstOfEither(
  events: readonly (readonly [JournalEvent | undefined, own: Told, other: Told])[],
): readonly [JournalEvent, own: Told, other: Told] | undefined {
  return events
    .flatMap(([event, own, other]) => (event === undefined ? [] : [[event, own, other] as const]))
    .toSorted(([one], [other]) => (one.atGs ?? 0) - (other.atGs ?? 0))[0];
}

const byKey = (events: readonly JournalEvent[]) => Map.groupBy(events, ({ key }) => key);

/** Keys of a type, each with its events in both worlds, where they are not the same. */
function* apart(type: string, a: Told, b: Told) {
  const [inA, inB] = [byKey(a.of(type)), byKey(b.of(type))];
  for (const key of new Set([...inA.keys(), ...inB.keys()])) {
    const [ofA, ofB] = [inA.get(key) ?? [], inB.get(key) ?? []];
    const first = firstOfEither([
      [ofA.find((event) => !b.has(event)), a, b],
      [ofB.find((event) => !a.has(event)), b, a],
    ]);
    if (first !== undefined) yield { ofA, ofB, first };
  }
}

const prices: Compare = (a, b, _, nameOf) =>
  [...apart(PriceChanged.typeName, a, b)].flatMap(({ ofA, ofB, first: [event, own, other] }) => {
    const { regionId, goodId, prev } = PriceChanged.decode(event.payload);
    const last = (events: readonly JournalEvent[]) => {
      const told = events.at(-1);
      return told === undefined ? prev : PriceChanged.decode(told.payload).price;
    };
    const [inA, inB] = [last(ofA), last(ofB)];
    const off = Math.abs(Math.log(inA / inB));
    if (!(off >= LEAST_PRICE)) return [];
    const says = `${nameOf(goodId)} in ${nameOf(regionId)} costs ${inA.toFixed(1)} in ${a.world} and ${inB.toFixed(1)} in ${b.world}`;
    return [{ about: "price", weight: off / PRICE, says, ...reasonFor(event, own, other, [regionId]) }];
  });

/** Hours until the end in which a road was told closed, after its first change. */
function closedHours(events: readonly JournalEvent[], untilGs: number): number {
  const told = events.map(({ payload }) => RouteChanged.decode(payload));
  const seconds = told.map(({ open, atGs }, i) => (open ? 0 : (told[i + 1]?.atGs ?? untilGs) - atGs));
  return seconds.reduce((sum, one) => sum + one, 0) / HOUR_GS;
}

const roads: Compare = (a, b, untilGs, nameOf) =>
  [...apart(RouteChanged.typeName, a, b)].map(({ ofA, ofB, first: [event, own, other] }) => {
    const { roadId, fromId, toId } = RouteChanged.decode(event.payload);
    const [inA, inB] = [closedHours(ofA, untilGs), closedHours(ofB, untilGs)];
    const says = `${nameOf(roadId)} between ${nameOf(fromId)} and ${nameOf(toId)} was closed for ${inA.toFixed(0)} h in ${a.world} and for ${inB.toFixed(0)} h in ${b.world}`;
    const weight = Math.abs(inA - inB) / ROAD_HOURS;
    return { about: "road", weight, says, ...reasonFor(event, own, other, [fromId, toId]) };
  });

const shortages: Compare = (a, b, _, nameOf) =>
  [...apart(ShortageDeclared.typeName, a, b)].flatMap(({ ofA, ofB, first: [event, own, other] }) => {
    const worst = (events: readonly JournalEvent[]) =>
      Math.max(
        0,
        ...events
          .map(({ payload }) => ShortageDeclared.decode(payload).level)
          .filter((level) => level !== ShortageLevel.EASED),
      );
    const [inA, inB] = [worst(ofA), worst(ofB)];
    if (inA === inB) return [];
    const { regionId, goodId } = ShortageDeclared.decode(event.payload);
    const [more, level] = inA > inB ? [a, inA] : [b, inB];
    const isCritical = level === ShortageLevel.CRITICAL;
    const says = `${nameOf(goodId)} ${isCritical ? "all but ran out" : "ran short"} in ${nameOf(regionId)}, in ${more.world} alone`;
    const weight = isCritical ? CRITICAL : SHORTAGE;
    return [{ about: "shortage", weight, says, ...reasonFor(event, own, other, [regionId]) }];
  });

const lands: Compare = (a, b, _, nameOf) =>
  [...apart(RegionControlChanged.typeName, a, b)].flatMap(({ ofA, ofB, first: [event, own, other] }) => {
    const { regionId, prevHolderId } = RegionControlChanged.decode(event.payload);
    const holder = (events: readonly JournalEvent[]) => {
      const told = events.at(-1);
      return told === undefined ? prevHolderId : RegionControlChanged.decode(told.payload).holderId;
    };
    const [inA, inB] = [holder(ofA), holder(ofB)];
    if (inA === inB) return [];
    const says = `${nameOf(regionId)} is ${nameOf(inA)}'s in ${a.world} and ${nameOf(inB)}'s in ${b.world}`;
    return [{ about: "land", weight: LAND, says, ...reasonFor(event, own, other, [regionId]) }];
  });

/** What one world has and the other has not, whenever it was: by what it is. */
function aloneIn(
  a: Told,
  b: Told,
  type: string,
  whatOf: (payload: Uint8Array) => string,
): (readonly [JournalEvent, own: Told, other: Told])[] {
  return [[a, b] as const, [b, a] as const].flatMap(([own, other]) => {
    const known = new Set(other.of(type).map(({ payload }) => whatOf(payload)));
    return own
      .of(type)
      .filter(({ payload }) => !known.has(whatOf(payload)))
      .map((event) => [event, own, other] as const);
  });
}

const deeds: Compare = (a, b, _, nameOf) => {
  const whatOf = (payload: Uint8Array) => {
    const { factionId, action, targetId, regionId } = FactionActed.decode(payload);
    return [factionId, action, targetId, regionId].join();
  };
  return aloneIn(a, b, FactionActed.typeName, whatOf).map(([event, own, other]) => {
    const { regionId } = FactionActed.decode(event.payload);
    const says = `${named(event.says, nameOf)}, in ${own.world} alone`;
    return { about: "deed", weight: DEED, says, ...reasonFor(event, own, other, [regionId]) };
  });
};

const happenings: Compare = (a, b, _, nameOf) => {
  const whatOf = (payload: Uint8Array) => {
    const { ruleId, regionIds } = WorldEventStarted.decode(payload);
    return [ruleId, ...regionIds].join();
  };
  return aloneIn(a, b, WorldEventStarted.typeName, whatOf).map(([event, own, other]) => {
    const { regionIds, text } = WorldEventStarted.decode(event.payload);
    const says = `${named(text, nameOf)}, in ${own.world} alone`;
    return { about: "event", weight: EVENT, says, ...reasonFor(event, own, other, regionIds) };
  });
};

const deaths: Compare = (a, b) =>
  aloneIn(a, b, NpcDied.typeName, (payload) => NpcDied.decode(payload).npcId).map(([event, own, other]) => {
    const { name, regionId } = NpcDied.decode(event.payload);
    const says = `${name} died, in ${own.world} alone`;
    return { about: "death", weight: DEATH, says, ...reasonFor(event, own, other, [regionId]) };
  });
