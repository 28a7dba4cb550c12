import { type EconomyInit, MakerWeather, Need } from "@orrery/schema/world/v1";
import { standingPlaces } from "../land/standing.ts";
import type { Parts } from "../parts.ts";

type RoadKind = Parts["roads"]["roads"][number]["kind"];

/** Units a day and direction, where a pack does not say. */
export const USUAL_CAPACITY: Readonly<Record<RoadKind, number>> = {
  highway: 400,
  road: 300,
  track: 200,
  path: 60,
};
const USUAL_RISK = 0.01;

export function buildEconomy(parts: Parts): EconomyInit {
  const { economy, roads } = parts;
  const regionOf = new Map(standingPlaces(parts).map(({ id, region }) => [id, region]));
  const quantities = (of: Readonly<Record<string, number>>) =>
    Object.entries(of).map(([goodId, quantity]) => ({ goodId, quantity }));
  return {
    goods: economy.goods.map(({ use_in, serves, ...good }) => ({
      ...good,
      useBySeason: use_in,
      serves: serves === undefined ? Need.UNSPECIFIED : Need[serves.toUpperCase() as keyof typeof Need],
    })),
    makers: economy.makers.map(({ id, at, makes, capacity, hands, of, season, weather, harvest }) => ({
      id,
      placeId: at,
      regionId: regionOf.get(at) ?? "",
      goodId: makes,
      capacity,
      hands,
      needs: quantities(of),
      bySeason: season,
      weather: MakerWeather[weather.toUpperCase() as "NONE" | "FIELD" | "OPEN"],
      harvest,
    })),
    crowds: Object.entries(economy.crowd).map(([regionId, people]) => ({
      regionId,
      people,
      storesDays: economy.stores[regionId] ?? 0,
    })),
    edges: economy.edges.map(({ id, name, road, region, km, people, abundance }) => ({
      id,
      name,
      roadId: road,
      regionId: region,
      lengthKm: km,
      people,
      abundances: Object.entries(abundance).map(([goodId, factor]) => ({ goodId, factor })),
    })),
    bag: economy.bag,
    carriages:
      economy.goods.length === 0
        ? []
        : roads.roads.map(({ id, kind }) => ({
            roadId: id,
            capacity: economy.roads[id]?.capacity ?? USUAL_CAPACITY[kind],
            risk: economy.roads[id]?.risk ?? USUAL_RISK,
          })),
  };
}
