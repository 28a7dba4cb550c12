import {
  Biome,
  type LandInit,
  PlaceKind,
  type PointInit,
  type ReliefInit,
  RoadKind,
} from "@orrery/schema/world/v1";
import { type Corners, drawOutline } from "../land/borders.ts";
import { smoothCourse, smoothShore, spotsOf } from "../land/curve.ts";
import { lengthOf, type Spot } from "../land/geometry.ts";
import { drawRelief } from "../land/relief.ts";
import { standingPlaces } from "../land/standing.ts";
import { cornerSpots, type Parts } from "../parts.ts";

const RIVER_MEANDER_KM = 0.35;
const ROAD_MEANDER_KM = 0.12;

const pointOf = ([xKm, yKm]: Spot): PointInit => ({ xKm, yKm });
const named = <E extends Record<string, unknown>>(names: E, name: string) =>
  names[name.toUpperCase() as keyof E] as E[keyof E];

function cornersOf({ regions }: Parts): Corners {
  return {
    width: regions.width_km,
    height: regions.height_km,
    roughness: regions.border_roughness,
    at: cornerSpots(regions),
  };
}

function buildRelief(parts: Parts): ReliefInit {
  const { relief, regions, waters } = parts;
  const floors = [
    ...waters.rivers.map(({ id, course }) => smoothCourse(course, id, RIVER_MEANDER_KM)),
    ...relief.floors.map(({ line }) => line),
  ];
  // Without a river and without a floor the land lies as high as its regions say.
  const heights = regions.regions.map(({ at, elevation_m }) => [[at[0], at[1], elevation_m]]);
  const grid = drawRelief({
    widthKm: regions.width_km,
    heightKm: regions.height_km,
    cellKm: relief.cell_km,
    seed: relief.seed,
    roughnessM: relief.roughness_m,
    sharpness: relief.sharpness,
    ridges: relief.ridges.map(({ crest }) => crest),
    floors: floors.length > 0 ? floors : heights,
    peaks: relief.peaks.map(({ at, elevation_m }) => ({ at, elevationM: elevation_m })),
    lakes: waters.lakes.map(({ shore, level_m }) => ({ shore: smoothShore(shore), levelM: level_m })),
  });
  return { ...grid, cellKm: relief.cell_km };
}

export function buildLand(parts: Parts): LandInit {
  const corners = cornersOf(parts);
  return {
    widthKm: corners.width,
    heightKm: corners.height,
    regions: parts.regions.regions.map((region) => ({
      id: region.id,
      name: region.name,
      xKm: region.at[0],
      yKm: region.at[1],
      elevationM: region.elevation_m,
      exposure: region.exposure,
      climateId: region.climate,
      biome: named(Biome, region.biome),
      estuary: region.estuary,
      drainsTo: region.drains_to,
      outline: drawOutline(corners, region.outline).map(pointOf),
    })),
    rivers: parts.waters.rivers.map(
      ({ id, name, order, width_m: [source, mouth], flows_into, through, course }) => {
        const drawn = smoothCourse(course, id, RIVER_MEANDER_KM);
        const last = drawn.length - 1;
        return {
          id,
          name,
          order,
          flowsInto: flows_into,
          regionIds: through,
          course: drawn.map(([xKm, yKm], i) => ({
            xKm: xKm!,
            yKm: yKm!,
            widthM: Math.round(source + (mouth - source) * (i / last)),
          })),
        };
      },
    ),
    lakes: parts.waters.lakes.map(({ id, name, shore, level_m, region }) => ({
      id,
      name,
      outline: smoothShore(shore).map(pointOf),
      levelM: level_m,
      regionId: region,
    })),
    roads: parts.roads.roads.map(({ id, name, kind, low, through, course }) => {
      const drawn = spotsOf(smoothCourse(course, id, ROAD_MEANDER_KM));
      const km = Math.round(lengthOf(drawn) * 10) / 10;
      return {
        id,
        name,
        kind: named(RoadKind, kind),
        low,
        regionIds: through,
        course: drawn.map(pointOf),
        lengthKm: km,
      };
    }),
    peaks: parts.relief.peaks.map(({ id, name, at, elevation_m }) => ({
      id,
      name,
      xKm: at[0],
      yKm: at[1],
      elevationM: elevation_m,
    })),
    places: standingPlaces(parts).map(({ id, name, kind, at, region, within, openAir, fixtures }) => ({
      id,
      name,
      kind: named(PlaceKind, kind),
      xKm: at[0],
      yKm: at[1],
      regionId: region,
      within,
      openAir,
      fixtures,
    })),
    relief: buildRelief(parts),
  };
}
