import { packErrors } from "../errors.ts";
import { contains, type Spot } from "../land/geometry.ts";
import type { PartFiles, Parts } from "../parts.ts";
import type { Report } from "../problem.ts";

/** Water runs downhill, in the regions that it is said to pass, and out of the map in the end. */
export function checkWater(parts: Parts, files: PartFiles, report: Report): void {
  const { regions, corners } = parts.regions;
  const byId = new Map(regions.map((region) => [region.id, region]));
  const outline = (id: string) => (byId.get(id)?.outline ?? []).map((name) => corners[name] as Spot);

  regions.forEach((region, i) => {
    const to = byId.get(region.drains_to);
    if (to !== undefined && to.elevation_m > region.elevation_m) {
      const message = `${region.id} at ${region.elevation_m} m drains to ${to.id} at ${to.elevation_m} m`;
      report.add(packErrors.PACK_UPHILL, files.regions, ["regions", i, "drains_to"], message);
    }
    const passed = new Set<string>();
    let here = byId.get(region.id);
    while (here !== undefined && !passed.has(here.id)) {
      passed.add(here.id);
      here = byId.get(here.drains_to);
    }
    if (here?.id === region.id) {
      report.add(
        packErrors.PACK_DRAINS_IN_CIRCLE,
        files.regions,
        ["regions", i, "drains_to"],
        `the water of ${region.id} comes back to it`,
      );
    }
  });

  parts.waters.rivers.forEach((river, i) => {
    const banks = river.through.map(outline);
    river.course.forEach(([x, y, height], j) => {
      const path = ["rivers", i, "course", j];
      if (!banks.some((bank) => touches(bank, [x, y], parts))) {
        report.add(
          packErrors.PACK_RIVER_ASTRAY,
          files.waters,
          path,
          `${river.id} at [${x}, ${y}] is in none of ${river.through.join(", ")}`,
        );
      }
      const above = river.course[j - 1]?.[2];
      if (above !== undefined && height > above) {
        report.add(
          packErrors.PACK_UPHILL,
          files.waters,
          path,
          `${river.id} rises from ${above} m to ${height} m`,
        );
      }
    });
  });
}

/** Inside, or on the map's rim where even-odd is undecided. */
function touches(bank: readonly Spot[], [x, y]: Spot, parts: Parts): boolean {
  const { width_km: width, height_km: height } = parts.regions;
  const inwards = (v: number, most: number) => Math.min(most - 1e-6, Math.max(1e-6, v));
  return (
    x >= 0 && y >= 0 && x <= width && y <= height && contains(bank, [inwards(x, width), inwards(y, height)])
  );
}
