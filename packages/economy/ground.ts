import { create } from "@bufbuild/protobuf";
import {
  type Pack,
  type RealmGround,
  RealmGroundSchema,
  RegionSchema,
  RoadSchema,
  WorkersSchema,
} from "@orrery/schema/world/v1";

/** What of a pack the markets keep: the rest of it may be gone when they are asked again. */
export function groundOf(pack: Pack | undefined): RealmGround {
  const { land, calendar, society, economy } = pack ?? {};
  const ground = create(RealmGroundSchema, {
    ...(economy && { economy }),
    roads: (land?.roads ?? []).map(({ id, name, kind, regionIds, low, lengthKm }) =>
      create(RoadSchema, { id, name, kind, regionIds, low, lengthKm }),
    ),
    regions: (land?.regions ?? []).map(({ id, name, biome }) => create(RegionSchema, { id, name, biome })),
    seasons: calendar?.seasons ?? [],
    yearDays: (calendar?.months ?? []).reduce((sum, { days }) => sum + days, 0),
  });
  const regionOf = new Map((land?.places ?? []).map(({ id, regionId }) => [id, regionId]));
  const makersAt = new Set((economy?.makers ?? []).map(({ placeId }) => placeId));
  for (const { id, homePlaceId, workPlaceId } of society?.persons ?? []) {
    const home = regionOf.get(homePlaceId);
    if (home !== undefined) ground.named[home] = (ground.named[home] ?? 0) + 1;
    if (!makersAt.has(workPlaceId)) continue;
    const workers = (ground.workers[workPlaceId] ??= create(WorkersSchema));
    workers.npcIds.push(id);
  }
  return ground;
}

const DAY_GS = 86_400;

/** Which day of its year a world begins on, from 1; leap days are not counted. */
export function firstDayOfYear(pack: Pack | undefined, atGs: number): number {
  const { months = [], epoch } = pack?.calendar ?? {};
  const before = months.slice(0, (epoch?.month ?? 1) - 1).reduce((sum, { days }) => sum + days, 0);
  const year = months.reduce((sum, { days }) => sum + days, 0);
  const day = before + (epoch?.day ?? 1) - 1 + Math.floor(atGs / DAY_GS);
  return year === 0 ? 1 : (((day % year) + year) % year) + 1;
}
