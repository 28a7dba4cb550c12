import type { Land, PlaceKind } from "@orrery/schema/world/v1";
import { contains, distance, type Spot } from "./geometry.ts";
import { roadGraph } from "./road-graph.ts";
import { legsOf, lineBetween, type Way } from "./way.ts";

export interface AtlasPlace {
  readonly id: string;
  readonly name: string;
  readonly kind: PlaceKind;
  readonly regionId: string;
  readonly spot: Spot;
  readonly openAir: boolean;
  /** What there is only so many of, by kind. */
  readonly fixtures: ReadonlyMap<string, number>;
}

/** Not within so many metres of a spot. */
export interface Away {
  readonly spot: Spot;
  readonly metres: number;
}

/** A world's land as one walks it. */
export interface Atlas {
  place(id: string): AtlasPlace | undefined;
  /**
   * The nearest of some kinds as the crow flies, of equally near ones the first by id.
   * @param fits which of them are meant; default: all
   */
  nearest(
    kinds: readonly PlaceKind[],
    from: Spot,
    withinM: number,
    away?: Away,
    fits?: (place: AtlasPlace) => boolean,
  ): AtlasPlace | undefined;
  /** The nearest of any kind; undefined: none is that near. */
  nearestTo(spot: Spot, withinM: number): AtlasPlace | undefined;
  /** "" where there is none. */
  regionAt(spot: Spot): string;
  way(from: Spot, to: Spot): Way;
}

type Walked = Pick<Land, "regions" | "roads" | "places">;

const M_PER_KM = 1_000;
/** Ways that are remembered: most are walked each day. */
const MOST_WAYS = 20_000;

export function createAtlas(land: Walked): Atlas {
  const graph = roadGraph(land.roads);
  const regions = land.regions.map(({ id, outline }) => ({
    id,
    outline: outline.map(({ xKm, yKm }): Spot => [xKm * M_PER_KM, yKm * M_PER_KM]),
  }));
  const places = new Map<string, AtlasPlace>();
  const byKind = new Map<PlaceKind, AtlasPlace[]>();
  for (const { id, name, kind, regionId, xKm, yKm, openAir, fixtures: own } of land.places) {
    const spot: Spot = [Math.round(xKm * M_PER_KM), Math.round(yKm * M_PER_KM)];
    const fixtures = new Map(Object.entries(own));
    const place = { id, name, kind, regionId, spot, openAir, fixtures };
    places.set(id, place);
    byKind.set(kind, [...(byKind.get(kind) ?? []), place]);
  }
  const ways = new Map<string, Way>();
  const regionAt = (spot: Spot) => regions.find(({ outline }) => contains(outline, spot))?.id ?? "";

  function nearest(
    kinds: readonly PlaceKind[],
    from: Spot,
    withinM: number,
    away?: Away,
    fits?: (place: AtlasPlace) => boolean,
  ): AtlasPlace | undefined {
    let best: AtlasPlace | undefined;
    let least = withinM;
    for (const kind of kinds)
      for (const place of byKind.get(kind) ?? []) {
        const metres = distance(place.spot, from);
        if (metres > least || (metres === least && best !== undefined && place.id >= best.id)) continue;
        if (away !== undefined && distance(place.spot, away.spot) < away.metres) continue;
        if (fits !== undefined && !fits(place)) continue;
        [best, least] = [place, metres];
      }
    return best;
  }

  return {
    place: (id) => places.get(id),
    nearest,
    nearestTo: (spot, withinM) => nearest([...byKind.keys()], spot, withinM),
    regionAt,
    way(from, to) {
      const name = `${from[0]},${from[1]},${to[0]},${to[1]}`;
      const known = ways.get(name);
      if (known !== undefined) return known;
      const way = legsOf(lineBetween(graph, from, to), regionAt);
      if (ways.size >= MOST_WAYS) ways.clear();
      ways.set(name, way);
      return way;
    },
  };
}
