import { packErrors } from "../errors.ts";
import { areaOf, contains, crossingSide, type Spot } from "../land/geometry.ts";
import { didYouMean } from "../nearest.ts";
import { cornerSpots, type PartFiles, type Parts } from "../parts.ts";
import type { Report } from "../problem.ts";

const AREA_SLACK = 1e-6;

/** Outlines are simple polygons over known corners that cover the map once. */
export function checkTiling(parts: Parts, files: PartFiles, report: Report): void {
  const file = files.regions;
  const { width_km: width, height_km: height, regions } = parts.regions;
  const corners = cornerSpots(parts.regions);
  const before = report.problems.length;
  for (const [name, [x, y]] of corners) {
    if (x < 0 || y < 0 || x > width || y > height) {
      report.add(
        packErrors.PACK_OFF_MAP,
        file,
        ["corners", name],
        `corner ${name} [${x}, ${y}] is off the map of ${width} x ${height} km`,
      );
    }
  }
  const sides = new Map<string, number>();
  let covered = 0;
  regions.forEach((region, i) => {
    const path = ["regions", i, "outline"];
    const unknown = region.outline.findIndex((name) => !corners.has(name));
    if (unknown >= 0) {
      const given = region.outline[unknown] as string;
      const hint = didYouMean(given, corners.keys(), packErrors.PACK_UNKNOWN_CORNER.todo);
      report.add(
        packErrors.PACK_UNKNOWN_CORNER,
        file,
        [...path, unknown],
        `there is no corner "${given}"`,
        hint,
      );
      return;
    }
    const spots = region.outline.map((name) => corners.get(name) as Spot);
    if (new Set(region.outline).size !== region.outline.length || spots.length < 3 || areaOf(spots) === 0) {
      report.add(
        packErrors.PACK_OUTLINE_OPEN,
        file,
        path,
        `the outline of ${region.id} encloses nothing or repeats a corner`,
      );
      return;
    }
    const side = crossingSide(spots);
    if (side >= 0) {
      report.add(
        packErrors.PACK_OUTLINE_CROSSES,
        file,
        [...path, side],
        `the outline of ${region.id} crosses itself after corner ${region.outline[side]}`,
      );
      return;
    }
    if (!contains(spots, region.at)) {
      report.add(
        packErrors.PACK_OUT_OF_REGION,
        file,
        ["regions", i, "at"],
        `${region.id} is said to be at [${region.at}], outside its outline`,
      );
    }
    covered += Math.abs(areaOf(spots));
    region.outline.forEach((from, j) => {
      const to = region.outline[(j + 1) % region.outline.length] as string;
      const key = from < to ? `${from} ${to}` : `${to} ${from}`;
      sides.set(key, (sides.get(key) ?? 0) + 1);
    });
  });
  if (report.problems.length > before) return;
  checkSides(parts, files, report, sides);
  if (report.problems.length === before && Math.abs(covered - width * height) > AREA_SLACK * width * height) {
    report.add(
      packErrors.PACK_LAND_GAP,
      file,
      ["regions"],
      `the regions cover ${covered.toFixed(2)} km² of ${width * height} km²`,
    );
  }
}

/** Inner borders belong to two regions, the rim to one. */
function checkSides(
  parts: Parts,
  files: PartFiles,
  report: Report,
  sides: ReadonlyMap<string, number>,
): void {
  const { width_km: width, height_km: height, regions } = parts.regions;
  const corners = cornerSpots(parts.regions);
  for (const [key, count] of sides) {
    const [from, to] = key.split(" ") as [string, string];
    const [ax, ay] = corners.get(from) as Spot;
    const [bx, by] = corners.get(to) as Spot;
    const rim = (ax === bx && (ax === 0 || ax === width)) || (ay === by && (ay === 0 || ay === height));
    if (count === (rim ? 1 : 2)) continue;
    const owner = regions.findIndex(({ outline }) => outline.includes(from) && outline.includes(to));
    const message = `the border ${from}-${to} belongs to ${count} region${count === 1 ? "" : "s"}, not ${rim ? 1 : 2}`;
    report.add(packErrors.PACK_LAND_GAP, files.regions, ["regions", owner, "outline"], message);
  }
}
