import { packErrors } from "../errors.ts";
import { contains, type Spot } from "../land/geometry.ts";
import type { PartFiles, Parts } from "../parts.ts";
import type { Path, Report } from "../problem.ts";

/** Places lie in their regions; roads, shores, ridges and peaks lie on the map. */
export function checkPlaces(parts: Parts, files: PartFiles, report: Report): void {
  const { width_km: width, height_km: height, corners, regions } = parts.regions;
  const outlines = new Map(
    regions.map(({ id, outline }) => [id, outline.map((name) => corners[name] as Spot)]),
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
  parts.places.places.forEach((place, i) => {
    const outline = outlines.get(place.region);
    if (outline !== undefined && !contains(outline, place.at)) {
      report.add(
        packErrors.PACK_OUT_OF_REGION,
        files.places,
        ["places", i, "at"],
        `${place.id} at [${place.at}] is outside ${place.region}`,
      );
    }
  });
  parts.roads.roads.forEach((road, i) =>
    road.course.forEach((at, j) => onMap("roads", ["roads", i, "course", j], at)),
  );
  parts.waters.lakes.forEach((lake, i) =>
    lake.shore.forEach((at, j) => onMap("waters", ["lakes", i, "shore", j], at)),
  );
  parts.relief.peaks.forEach((peak, i) => onMap("relief", ["peaks", i, "at"], peak.at));
}
