import { z } from "zod";
import { fixture, id, km, name, point, share, whole, within } from "./number.ts";

export const BIOMES = [
  "alpine",
  "conifer_forest",
  "broadleaf_forest",
  "meadow",
  "farmland",
  "moor",
  "wetland",
  "lakeshore",
] as const;
export const ROAD_KINDS = ["highway", "road", "track", "path"] as const;
export const PLACE_KINDS = [
  "town",
  "village",
  "hamlet",
  "mill",
  "keep",
  "abbey",
  "mine",
  "inn",
  "bridge",
  "pass",
  "harbour",
  "ruin",
  "tower",
  "house",
  "workshop",
  "shop",
  "store",
  "chapel",
  "square",
  "quay",
  "field",
  "pasture",
  "wood",
  "water",
] as const;
/** Those in them have no roof over them, unless a place says otherwise. */
export const OPEN_AIR: ReadonlySet<string> = new Set([
  "bridge",
  "pass",
  "ruin",
  "square",
  "quay",
  "field",
  "pasture",
  "wood",
  "water",
]);

const elevation = within(-500, 8_000);

/** `regions.yaml`: corners are shared by name, so that neighbours cannot drift apart. */
export const regionsShape = z.strictObject({
  width_km: within(1, 10_000),
  height_km: within(1, 10_000),
  /** How far borders between two corners may stray, as a share of their length. */
  border_roughness: within(0, 0.3).default(0),
  corners: z.record(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$/), point),
  regions: z
    .array(
      z.strictObject({
        id: id("region"),
        name,
        at: point,
        elevation_m: elevation,
        exposure: share,
        climate: z.string(),
        biome: z.enum(BIOMES),
        estuary: z.boolean().default(false),
        drains_to: z.string().default(""),
        outline: z.array(z.string()),
      }),
    )
    .min(1)
    .max(10_000),
});

/** `waters.yaml`; a river's point is [x_km, y_km, elevation_m], its width grows from source to mouth. */
export const watersShape = z.strictObject({
  rivers: z
    .array(
      z.strictObject({
        id: id("river"),
        name,
        order: whole(1, 9),
        width_m: z.tuple([within(0.5, 5_000), within(0.5, 5_000)]),
        flows_into: z.string().default(""),
        through: z.array(z.string()).min(1),
        course: z.array(z.tuple([km, km, elevation])).min(2),
      }),
    )
    .default([]),
  lakes: z
    .array(
      z.strictObject({
        id: id("lake"),
        name,
        region: z.string(),
        level_m: elevation,
        shore: z.array(point).min(3),
      }),
    )
    .default([]),
});

/** `roads.yaml`. */
export const roadsShape = z.strictObject({
  roads: z
    .array(
      z.strictObject({
        id: id("place"),
        name,
        kind: z.enum(ROAD_KINDS),
        low: z.boolean().default(false),
        through: z.array(z.string()).min(1),
        course: z.array(point).min(2),
      }),
    )
    .default([]),
});

/** `places.yaml`. What belongs to a settlement (`in`) stands in it, somewhere, where nothing is said of `at`. */
export const placesShape = z.strictObject({
  places: z
    .array(
      z
        .strictObject({
          id: id("place"),
          name,
          kind: z.enum(PLACE_KINDS),
          in: z.string().optional(),
          region: z.string().optional(),
          at: point.optional(),
          open_air: z.boolean().optional(),
          /** How many there are of what people take up: `{ bed: 26 }`. */
          fixtures: z.record(fixture, whole(0, 10_000)).default({}),
        })
        .refine((place) => place.in !== undefined || (place.region !== undefined && place.at !== undefined), {
          error: "must say `in`, the settlement that it belongs to, or `region` and `at`",
        }),
    )
    .default([]),
});

/** `relief.yaml`: ridges and peaks by hand; valleys follow the rivers and lakes, noise fills in. */
export const reliefShape = z.strictObject({
  cell_km: within(0.05, 10),
  seed: whole(0, 2 ** 31),
  /** Height of the noise on open slopes, m. */
  roughness_m: within(0, 2_000),
  /** Above 1 broadens valley floors and sharpens ridges. */
  sharpness: within(0.3, 4),
  ridges: z.array(z.strictObject({ name, crest: z.array(z.tuple([km, km, elevation])).min(2) })).min(1),
  /** Floors of dales without a river of their own, and heights of plains. */
  floors: z.array(z.strictObject({ name, line: z.array(z.tuple([km, km, elevation])).min(1) })).default([]),
  peaks: z.array(z.strictObject({ id: id("peak"), name, at: point, elevation_m: elevation })).default([]),
});
