import { packErrors } from "../errors.ts";
import { contains, inwards, type Spot } from "../land/geometry.ts";
import { cornerSpots, type PartFiles, type Parts } from "../parts.ts";
import type { Report } from "../problem.ts";

/** Water runs downhill, in the regions that it is said to pass, and out of the map in the end. */
export function checkWater(parts: Parts, files: PartFiles, report: Report): void {
  const { regions, width_km: width, height_km: height } = parts.regions;
  const corners = cornerSpots(parts.regions);
  const byId = new Map(regions.map((region) => [region.id, region]));
  const outline = (id: string) => (byId.get(id)?.outline ?? []).map((name) => corners.get(name) as Spot);

  const drains = new Map(regions.map(({ id, drains_to }) => [id, drains_to]));
  regions.forEach((region, i) => {
    const to = byId.get(region.drains_to);
    if (to !== undefined && to.elevation_m > region.elevation_m) {
      const message = `${region.id} at ${region.elevation_m} m drains to ${to.id} at ${to.elevation_m} m`;
      report.add(packErrors.PACK_UPHILL, files.regions, ["regions", i, "drains_to"], message);
    }
    if (comesBack(region.id, drains)) {
      report.add(
        packErrors.PACK_DRAINS_IN_CIRCLE,
        files.regions,
        ["regions", i, "drains_to"],
        `the water of ${region.id} comes back to it`,
      );
    }
  });

  const into = new Map(parts.waters.rivers.map(({ id, flows_into }) => [id, flows_into]));
  parts.waters.rivers.forEach((river, i) => {
    if (comesBack(river.id, into)) {
      const message = `the water of ${river.id} comes back to it by ${river.flows_into}`;
      report.add(packErrors.PACK_DRAINS_IN_CIRCLE, files.waters, ["rivers", i, "flows_into"], message);
    }
    const banks = river.through.map(outline);
    river.course.forEach(([x, y, heightM], j) => {
      const path = ["rivers", i, "course", j];
      if (!banks.some((bank) => touches(bank, [x, y], width, height))) {
        report.add(
          packErrors.PACK_RIVER_ASTRAY,
          files.waters,
          path,
          `${river.id} at [${x}, ${y}] is in none of ${river.through.join(", ")}`,
        );
      }
      const above = river.course[j - 1]?.[2];
      if (above !== undefined && heightM > above) {
        report.add(
          packErrors.PACK_UPHILL,
          files.waters,
          path,
          `${river.id} rises from ${above} m to ${heightM} m`,
        );
      }
    });
  });
}

/** Whether whoever follows the water from here meets this place again. */
function comesBack(from: string, into: ReadonlyMap<string, string>): boolean {
  const passed = new Set<string>();
  for (let here = into.get(from); here !== undefined && !passed.has(here); here = into.get(here)) {
    if (here === from) return true;
    passed.add(here);
  }
  return false;
}

/** Inside, or on the map's rim. */
function touches(bank: readonly Spot[], [x, y]: Spot, width: number, height: number): boolean {
  const isOnMap = x >= 0 && y >= 0 && x <= width && y <= height;
  return isOnMap && contains(bank, inwards([x, y], width, height));
}
