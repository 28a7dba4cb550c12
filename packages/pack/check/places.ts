import { packErrors } from "../errors.ts";
import { alongLine, contains, inwards, middleOf, type Spot } from "../land/geometry.ts";
import { type StandingPlace, standingPlaces } from "../land/standing.ts";
import { cornerSpots, type PartFiles, type Parts } from "../parts.ts";
import type { Path, Report } from "../problem.ts";
import { expecting, idsOf } from "./known.ts";

/** Of the grid of heights; a pack travels in one event. */
const MOST_CELLS = 250_000;

/** Places lie in their regions; roads, shores, ridges and peaks lie on the map. */
export function checkPlaces(parts: Parts, files: PartFiles, report: Report): void {
  const { width_km: width, height_km: height, regions } = parts.regions;
  const corners = cornerSpots(parts.regions);
  const outlines = new Map(
    regions.map(({ id, outline }) => [id, outline.map((name) => corners.get(name) as Spot)]),
  );
  const onMap = (part: "roads" | "waters" | "relief", path: Path, [x, y]: readonly number[]) => {
    if (x! >= 0 && y! >= 0 && x! <= width && y! <= height) return;
    report.add(
      packErrors.PACK_OFF_MAP,
      files[part],
      path,
      `[${x}, ${y}] is off the map of ${width} x ${height} km`,
    );
  };
  const standing = standingPlaces(parts);
  const { gate } = parts.pack;
  if (gate !== undefined)
    expecting({ place: { ids: idsOf(standing), kind: packErrors.PACK_UNKNOWN_PLACE } }, files, report)(
      "place",
      "pack",
      ["gate"],
      gate,
    );
  parts.places.places.forEach((place, i) => {
    const { at, region } = standing[i] as StandingPlace;
    const outline = outlines.get(region);
    if (place.at !== undefined && outline !== undefined && !contains(outline, at)) {
      report.add(
        packErrors.PACK_OUT_OF_REGION,
        files.places,
        ["places", i, "at"],
        `${place.id} at [${at}] is outside ${region}`,
      );
    }
  });
  const within = (region: string, at: Spot) =>
    contains(outlines.get(region) ?? [], inwards(at, width, height));
  parts.roads.roads.forEach((road, i) => {
    road.course.forEach((at, j) => onMap("roads", ["roads", i, "course", j], at));
    road.course.forEach((at, j) => {
      if (road.through.some((region) => within(region, at))) return;
      const message = `${road.id} at [${at}] is in none of ${road.through.join(", ")}`;
      report.add(packErrors.PACK_ROAD_ASTRAY, files.roads, ["roads", i, "course", j], message);
    });
    const spots = alongLine(road.course);
    road.through.forEach((region, j) => {
      if (spots.some((at) => within(region, at))) return;
      const message = `${road.id} is said to pass ${region}, and does not come there`;
      report.add(packErrors.PACK_ROAD_ASTRAY, files.roads, ["roads", i, "through", j], message);
    });
  });
  parts.waters.lakes.forEach((lake, i) => {
    lake.shore.forEach((at, j) => onMap("waters", ["lakes", i, "shore", j], at));
    if ([...lake.shore, middleOf(lake.shore)].some((at) => within(lake.region, at))) return;
    const message = `no part of ${lake.id} lies in ${lake.region}`;
    report.add(packErrors.PACK_OUT_OF_REGION, files.waters, ["lakes", i, "region"], message);
  });
  const cells = Math.ceil(width / parts.relief.cell_km) * Math.ceil(height / parts.relief.cell_km);
  if (cells > MOST_CELLS) {
    const message = `cells of ${parts.relief.cell_km} km make ${cells} of them on this map, at most ${MOST_CELLS}`;
    report.add(packErrors.PACK_SHAPE, files.relief, ["cell_km"], message);
  }
  parts.relief.peaks.forEach((peak, i) => onMap("relief", ["peaks", i, "at"], peak.at));
}
