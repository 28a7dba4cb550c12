import { packErrors } from "../errors.ts";
import { standingPlaces } from "../land/standing.ts";
import type { PartFiles, Parts } from "../parts.ts";
import type { Report } from "../problem.ts";
import { expecting, idsOf } from "./known.ts";

/** Things are somewhere; what bars a road stands in a region that the road, or that stretch of it, comes to. */
export function checkThings(parts: Parts, files: PartFiles, report: Report): void {
  const standing = standingPlaces(parts);
  const stretches = stretchesOf(parts);
  const regionOf = new Map(standing.map(({ id, region }) => [id, region]));
  const expect = expecting(
    {
      place: { ids: idsOf(standing), kind: packErrors.PACK_UNKNOWN_PLACE },
      role: { ids: idsOf(parts.roles.roles), kind: packErrors.PACK_UNKNOWN_ROLE },
      road: { ids: new Set(stretches.keys()), kind: packErrors.PACK_UNKNOWN_ROAD },
    },
    files,
    report,
  );
  parts.things.things.forEach(({ id, at, bar }, i) => {
    expect("place", "things", ["things", i, "at"], at);
    if (bar === undefined) return;
    expect("road", "things", ["things", i, "bar", "road"], bar.road);
    if (bar.keeper !== undefined) expect("role", "things", ["things", i, "bar", "keeper"], bar.keeper);
    const region = regionOf.get(at);
    const passes = stretches.get(bar.road);
    if (region !== undefined && passes !== undefined && !passes.includes(region))
      report.add(
        packErrors.PACK_THINGS,
        files.things,
        ["things", i, "bar", "road"],
        `${id} is in ${region}, and ${bar.road} does not come there`,
      );
    if (bar.keeper !== undefined && bar.keeper_after_h > bar.opens_after_h)
      report.add(
        packErrors.PACK_THINGS,
        files.things,
        ["things", i, "bar", "keeper_after_h"],
        `${id} opens by itself after ${bar.opens_after_h} hours, before its keeper would come`,
      );
  });
}

/** Roads and their stretches, as routes are called, and the regions that each comes to. */
function stretchesOf({ roads, economy }: Parts): ReadonlyMap<string, readonly string[]> {
  const stretches = new Map<string, readonly string[]>();
  for (const { id, through } of roads.roads) {
    stretches.set(id, through);
    through.slice(1).forEach((to, at) => stretches.set(`${id}/${at + 1}`, [through[at] as string, to]));
  }
  for (const { id, road, region } of economy.edges) stretches.set(`${road}/${id}`, [region]);
  return stretches;
}
