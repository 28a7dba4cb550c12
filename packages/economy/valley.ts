import {
  type Good,
  type Maker,
  MakerWeather,
  type RealmGround,
  RoadKind,
  type SeasonFactors,
  SeasonKind,
} from "@orrery/schema/world/v1";
import { createYear, type Year } from "./year.ts";

/** What of a pack the markets need; nothing of it changes in an hour. */
export type Ground = Pick<
  RealmGround,
  "economy" | "roads" | "regions" | "seasons" | "yearDays" | "workers" | "named"
>;

/** A good in a region or beyond an edge. */
export interface MarketSite {
  /** `region:market-vale/good:grain`. */
  readonly id: string;
  readonly place: number;
  readonly good: number;
  /** What makers here need of it a day, at full work. */
  readonly madeOf: number;
  readonly staple: boolean;
}

/** A region with its people, or the world beyond an edge. */
export interface Place {
  readonly id: string;
  readonly outside: boolean;
  readonly crowd: number;
  readonly named: number;
  /** For so many days more than is usual its people lay in from the beginning on. */
  readonly storesDays: number;
  /** Of its roads: numbers of links. */
  readonly links: readonly number[];
}

/** A maker, by numbers. */
export interface Works {
  readonly id: string;
  readonly placeId: string;
  readonly market: number;
  readonly place: number;
  readonly capacity: number;
  readonly needs: readonly { readonly market: number; readonly quantity: number }[];
  readonly bySeason: SeasonFactors | undefined;
  readonly weather: MakerWeather;
  readonly harvest: boolean;
  readonly hands: number;
  /** Those with names who work there. */
  readonly workers: number;
}

/** A stretch of road from one market to the next. */
export interface Link {
  /** `place:road-low/1`. */
  readonly id: string;
  readonly roadId: string;
  readonly kind: RoadKind;
  readonly from: number;
  readonly to: number;
  readonly km: number;
  /** Units an hour and direction. */
  readonly capacity: number;
  readonly risk: number;
  readonly low: boolean;
}

export interface Valley {
  readonly goods: readonly Good[];
  readonly places: readonly Place[];
  /** All goods of the first place, then all of the second. */
  readonly markets: readonly MarketSite[];
  readonly works: readonly Works[];
  readonly links: readonly Link[];
  readonly year: Year;
  placeNo(id: string): number;
  goodNo(id: string): number;
  linkNo(id: string): number;
  market(place: number, good: number): number;
}

const HOURS = 24;
const NO_CARRIAGE = { capacity: 0, risk: 0 };
/** Beyond the land as much is made as is used, and a little more for what spoils. */
const OUTSIDE_SLACK = 1.03;
const SPOILED_TWICE = 8;

/** @returns undefined where a world has no goods */
export function createValley(ground: Ground): Valley | undefined {
  const { economy, roads, regions, workers, named, seasons, yearDays } = ground;
  if (economy === undefined || economy.goods.length === 0) return undefined;
  const { goods, makers, crowds, edges, carriages } = economy;
  const regionIds = regions.map(({ id }) => id);
  const ids = [...regionIds, ...edges.map(({ id }) => id)];
  const numbers = new Map(ids.map((id, at) => [id, at]));
  const goodNumbers = new Map(goods.map(({ id }, at) => [id, at]));
  const placeNo = (id: string) => numbers.get(id) ?? -1;
  const goodNo = (id: string) => goodNumbers.get(id) ?? -1;
  const market = (place: number, good: number) => place * goods.length + good;

  const links: Link[] = [];
  for (const road of roads) {
    const { capacity, risk } = carriages.find(({ roadId }) => roadId === road.id) ?? NO_CARRIAGE;
    // Its markets lie along it at even distances.
    const km = road.lengthKm / Math.max(1, road.regionIds.length - 1);
    road.regionIds.slice(1).forEach((to, at) => {
      const from = road.regionIds[at] as string;
      links.push({
        id: `${road.id}/${at + 1}`,
        roadId: road.id,
        kind: road.kind,
        from: placeNo(from),
        to: placeNo(to),
        km,
        capacity: capacity / HOURS,
        risk,
        low: road.low,
      });
    });
  }
  for (const { id, roadId, regionId, lengthKm } of edges) {
    const { capacity, risk } = carriages.find((carriage) => carriage.roadId === roadId) ?? NO_CARRIAGE;
    links.push({
      id: `${roadId}/${id}`,
      roadId,
      kind: roads.find(({ id: road }) => road === roadId)?.kind ?? RoadKind.UNSPECIFIED,
      from: placeNo(regionId),
      to: placeNo(id),
      km: lengthKm,
      capacity: capacity / HOURS,
      risk,
      low: false,
    });
  }

  const worksOf = (maker: Maker): Works => {
    const place = placeNo(maker.regionId);
    return {
      id: maker.id,
      placeId: maker.placeId,
      market: market(place, goodNo(maker.goodId)),
      place,
      capacity: maker.capacity,
      needs: maker.needs.map(({ goodId, quantity }) => ({ market: market(place, goodNo(goodId)), quantity })),
      bySeason: maker.bySeason,
      weather: maker.weather,
      harvest: maker.harvest,
      hands: maker.hands,
      workers: workers[maker.placeId]?.npcIds.length ?? 0,
    };
  };
  const works = makers.map(worksOf);
  for (const edge of edges)
    goods.forEach((good, at) => {
      const abundance = edge.abundances.find(({ goodId }) => goodId === good.id)?.factor ?? 1;
      const used = edge.people * good.use;
      if (used === 0) return;
      works.push({
        id: `${edge.id}/${good.id}`,
        placeId: "",
        market: market(placeNo(edge.id), at),
        place: placeNo(edge.id),
        capacity: used * (OUTSIDE_SLACK + SPOILED_TWICE * good.spoilage) * abundance,
        needs: [],
        bySeason: undefined,
        weather: MakerWeather.NONE,
        harvest: false,
        hands: 1,
        workers: 0,
      });
    });

  const madeOf = new Map<number, number>();
  for (const { needs, capacity } of works)
    for (const need of needs)
      madeOf.set(need.market, (madeOf.get(need.market) ?? 0) + need.quantity * capacity);

  const crowdOf = (id: string) =>
    edges.find((edge) => edge.id === id)?.people ??
    crowds.find(({ regionId }) => regionId === id)?.people ??
    0;
  const linkNumbers = new Map(links.map(({ id }, at) => [id, at]));
  return {
    goods,
    linkNo: (id) => linkNumbers.get(id) ?? -1,
    places: ids.map((id, at) => ({
      id,
      outside: at >= regionIds.length,
      crowd: crowdOf(id),
      named: named[id] ?? 0,
      storesDays: crowds.find(({ regionId }) => regionId === id)?.storesDays ?? 0,
      links: links.flatMap(({ from, to }, link) => (from === at || to === at ? [link] : [])),
    })),
    markets: ids.flatMap((id, place) =>
      goods.map((good, at) => ({
        id: `${id}/${good.id}`,
        place,
        good: at,
        madeOf: madeOf.get(market(place, at)) ?? 0,
        staple: good.staple,
      })),
    ),
    works,
    links,
    year: createYear(seasons, yearDays, harvestSeasons(goods, makers)),
    placeNo,
    goodNo,
    market,
  };
}

/** Of each good that comes in once a year, the seasons in which it does. */
function harvestSeasons(
  goods: readonly Good[],
  makers: readonly Maker[],
): readonly (ReadonlySet<SeasonKind> | undefined)[] {
  return goods.map(({ id }) => {
    const harvests = makers.filter(({ goodId, harvest }) => harvest && goodId === id);
    if (harvests.length === 0) return undefined;
    return new Set(
      SEASONS.filter((season) => harvests.some(({ bySeason }) => factorIn(bySeason, season) > 0)),
    );
  });
}

export const SEASONS = [SeasonKind.SPRING, SeasonKind.SUMMER, SeasonKind.AUTUMN, SeasonKind.WINTER] as const;

export function factorIn(factors: SeasonFactors | undefined, season: SeasonKind): number {
  switch (season) {
    case SeasonKind.SPRING:
      return factors?.spring ?? 1;
    case SeasonKind.SUMMER:
      return factors?.summer ?? 1;
    case SeasonKind.AUTUMN:
      return factors?.autumn ?? 1;
    case SeasonKind.WINTER:
      return factors?.winter ?? 1;
    default:
      return 1;
  }
}
