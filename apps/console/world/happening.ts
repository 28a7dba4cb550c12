import type { PhaseChanged } from "@orrery/schema/time/v1";
import { Phase } from "@orrery/schema/time/v1";
import { AlertKind, AlertLevel, AlertStage, type WeatherSevere } from "@orrery/schema/weather/v1";
import {
  type MarketShown,
  type RouteShown,
  RouteWhy,
  ShortageLevel,
  type WorldEvent,
} from "@orrery/schema/world/v1";
import type { Place } from "../data/link.ts";
import type { Someone } from "../data/people.ts";
import { capital, hourOf, word } from "../data/words.ts";
import { type AroundPowers, powerNews } from "./happening-powers.ts";

/** Something worth knowing now, and where its why is. */
export interface Item {
  readonly id: string;
  readonly text: string;
  readonly why: Partial<Place>;
}

/** What is looked at. */
export interface Around extends AroundPowers {
  readonly events: readonly WorldEvent[];
  readonly alerts: Iterable<WeatherSevere>;
  readonly routes: readonly RouteShown[];
  readonly markets: readonly MarketShown[];
  readonly people: Iterable<Someone>;
  readonly phase: PhaseChanged | undefined;
}

export interface Weighed extends Item {
  readonly weight: number;
}

const SHOWN = 5;
const DEAR = 1.5;

/** The five things that are most worth knowing: dangers first, then what people lack, then how the day goes. */
export function happenings(around: Around): readonly Item[] {
  return [
    ...dangers(around),
    ...roads(around),
    ...wants(around),
    ...dear(around),
    ...powerNews(around),
    ...goingOn(around),
    ...day(around),
  ]
    .sort((one, other) => other.weight - one.weight)
    .slice(0, SHOWN);
}

const ALERT_WEIGHT: ReadonlyMap<AlertLevel, number> = new Map([
  [AlertLevel.WATCH, 30],
  [AlertLevel.ADVISORY, 50],
  [AlertLevel.WARNING, 80],
  [AlertLevel.EMERGENCY, 100],
]);

function dangers({ alerts, nameOf }: Around): Weighed[] {
  const byKind = Map.groupBy(
    [...alerts].filter(({ stage }) => stage !== AlertStage.ENDED),
    ({ kind, level }) => `${kind} ${level}`,
  );
  return [...byKind].map(([id, some]) => {
    const [first] = some as [WeatherSevere];
    const what = `${capital(word(AlertKind, first.kind))} ${word(AlertLevel, first.level)}`;
    const text = `${what} over ${several(some.map(({ regionId }) => nameOf(regionId)))}`;
    const weight = ALERT_WEIGHT.get(first.level) ?? 0;
    return { id: `alert ${id}`, text, weight, why: { region: first.regionId } };
  });
}

const CLOSED: ReadonlyMap<RouteWhy, string> = new Map([
  [RouteWhy.FLOOD, "under water"],
  [RouteWhy.SNOW, "under snow"],
  [RouteWhy.DANGER, "too dangerous"],
]);

function roads({ routes, nameOf }: Around): Weighed[] {
  const closed = Map.groupBy(
    routes.filter(({ open }) => !open),
    ({ why }) => why,
  );
  return [...closed].map(([why, some]) => {
    const names = [...new Set(some.map(({ name }) => name))];
    const verb = names.length === 1 ? "is" : "are";
    const [{ fromId, toId }] = some as [RouteShown];
    const where = some.length === 1 ? ` between ${nameOf(fromId)} and ${nameOf(toId)}` : "";
    const text = `${capital(several(names))} ${verb} closed${where}: ${CLOSED.get(why) ?? "nobody passes"}`;
    return { id: `road ${why}`, text, weight: 70, why: { room: "market", region: fromId } };
  });
}

function wants({ markets, nameOf }: Around): Weighed[] {
  const short = markets.filter(({ level }) => level !== ShortageLevel.UNSPECIFIED);
  return [...Map.groupBy(short, ({ goodId }) => goodId)].map(([goodId, some]) => {
    const worst = some.find(({ level }) => level === ShortageLevel.CRITICAL);
    const [first] = some as [MarketShown];
    const { regionId } = worst ?? first;
    const how = worst === undefined ? "runs short" : "is almost gone";
    const text = `${capital(nameOf(goodId))} ${how} in ${several(some.map((market) => nameOf(market.regionId)))}`;
    const weight = (worst === undefined ? 45 : 75) + some.length;
    return { id: `short ${goodId}`, text, weight, why: { room: "market", region: regionId, good: goodId } };
  });
}

/** The one price that lies furthest above the usual, where the good is not short already. */
function dear({ markets, nameOf }: Around): Weighed[] {
  const [dearest] = markets
    .filter(({ level, use }) => level === ShortageLevel.UNSPECIFIED && use > 0)
    .map((market) => ({ ...market, ratio: market.price / market.base }))
    .filter(({ ratio }) => ratio >= DEAR)
    .sort((one, other) => other.ratio - one.ratio);
  if (dearest === undefined) return [];
  const { regionId, goodId, ratio } = dearest;
  const text = `${capital(nameOf(goodId))} costs ${ratio.toFixed(1)} times the usual in ${nameOf(regionId)}`;
  return [{ id: "dear", text, weight: 35, why: { room: "market", region: regionId, good: goodId } }];
}

function goingOn({ events }: Around): Weighed[] {
  return events.map(({ eventId, text, intensity, regionId }) => ({
    ...{ id: eventId, text, weight: 30 + 30 * intensity, why: { region: regionId } },
  }));
}

function day({ people, phase, nameOf }: Around): Weighed[] {
  const everybody = [...people];
  const items: Weighed[] = [];
  const onTheWay = everybody.filter(({ placeId }) => placeId === "");
  const doing = Map.groupBy(
    everybody.filter(({ activity }) => activity !== ""),
    ({ activity }) => activity,
  );
  const most = [...doing].sort(([, one], [, other]) => other.length - one.length).slice(0, 2);
  if (most.length > 0) {
    const busy = most.map(([activity, some]) => `${says(activity, nameOf)} (${some.length})`).join(", ");
    const text = `What ${everybody.length} people are at: ${busy}; ${onTheWay.length === 1 ? "1 is" : `${onTheWay.length} are`} on the way`;
    items.push({ id: "people", text, weight: 20, why: { room: "people" } });
  }
  const fullest = [
    ...Map.groupBy(
      everybody.filter(({ placeId, activity }) => placeId !== "" && activity !== "sleep"),
      ({ placeId }) => placeId,
    ),
  ].sort(([, one], [, other]) => other.length - one.length)[0];
  if (fullest !== undefined && fullest[1].length > 3) {
    const [placeId, there] = fullest;
    const text = `${capital(nameOf(placeId))} is the busiest place: ${there.length} are there`;
    items.push({ id: "place", text, weight: 15, why: { room: "people" } });
  }
  if (phase !== undefined) {
    const text = `It is ${word(Phase, phase.to)}; ${word(Phase, phase.next)} comes at ${hourOf(phase.endsGs)}`;
    items.push({ id: "phase", text, weight: 10, why: {} });
  }
  return items;
}

/** What is done, in words; as the entity has it where there are none. */
function says(activity: string, nameOf: Around["nameOf"]): string {
  const id = `activity:${activity.replaceAll(" ", "-")}`;
  const words = nameOf(id);
  return words === id ? activity : words;
}

/** `Mill Vale`, `Mill Vale and Larchdale`, `Mill Vale and 3 more`. */
function several(names: readonly string[]): string {
  const [first = "", second] = names;
  if (second === undefined) return first;
  return names.length === 2 ? `${first} and ${second}` : `${first} and ${names.length - 1} more`;
}
