import { join } from "node:path";
import { create } from "@bufbuild/protobuf";
import { readPack } from "@orrery/pack";
import { type Pack, PackSchema, WorldCreatedSchema } from "@orrery/schema/world/v1";

export const START_GS = 7 * 3_600;

export async function hollowmere(): Promise<Pack> {
  return (await readPack(join(import.meta.dirname, "../../worlds/hollowmere"))).pack;
}

/** A world of so many regions: the valley again and again, side by side, each with its own river. */
export function enlarged(pack: Pack, count: number): Pack {
  const { land } = pack;
  if (land === undefined || count <= land.regions.length) return pack;
  const across = Math.ceil(Math.sqrt(count / land.regions.length));
  const down = Math.ceil(count / land.regions.length / across);
  const regions = Array.from({ length: across * down }, (_, tile) => {
    const [col, row] = [tile % across, Math.floor(tile / across)];
    const named = (id: string) => (id === "" ? "" : `${id}-${tile}`);
    return land.regions.map((region) => ({
      ...region,
      id: named(region.id),
      drainsTo: named(region.drainsTo),
      xKm: region.xKm + col * land.widthKm,
      yKm: region.yKm + row * land.heightKm,
    }));
  }).flat();
  const known = new Set(regions.slice(0, count).map(({ id }) => id));
  const cut = regions
    .slice(0, count)
    .map((region) => ({ ...region, drainsTo: known.has(region.drainsTo) ? region.drainsTo : "" }));
  return create(PackSchema, {
    ...pack,
    land: { ...land, widthKm: land.widthKm * across, heightKm: land.heightKm * down, regions: cut },
  });
}

export const created = (pack: Pack) =>
  create(WorldCreatedSchema, { worldId: "bench", seed: "bench", atGs: START_GS, pack });
