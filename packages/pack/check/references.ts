import type { ErrorKind } from "@orrery/wire";
import { packErrors } from "../errors.ts";
import { didYouMean } from "../nearest.ts";
import type { PartFiles, PartName, Parts } from "../parts.ts";
import type { Path, Report } from "../problem.ts";

/** Whatever names something else names something that exists. */
export function checkReferences(parts: Parts, files: PartFiles, report: Report): void {
  const regions = parts.regions.regions.map(({ id }) => id);
  const climates = parts.climates.climates.map(({ id }) => id);
  const waters = [...parts.waters.rivers, ...parts.waters.lakes].map(({ id }) => id);

  function expect(
    kind: ErrorKind,
    what: string,
    known: readonly string[],
    part: PartName,
    path: Path,
    given: string,
  ): void {
    if (known.includes(given)) return;
    report.add(
      kind,
      files[part],
      path,
      `there is no ${what} "${given}"`,
      didYouMean(given, known, kind.todo),
    );
  }
  const region = (part: PartName, path: Path, given: string) =>
    expect(packErrors.PACK_UNKNOWN_REGION, "region", regions, part, path, given);
  const climate = (part: PartName, path: Path, given: string) =>
    expect(packErrors.PACK_UNKNOWN_CLIMATE, "climate", climates, part, path, given);

  parts.regions.regions.forEach(({ climate: given, drains_to }, i) => {
    climate("regions", ["regions", i, "climate"], given);
    if (drains_to !== "") region("regions", ["regions", i, "drains_to"], drains_to);
  });
  parts.waters.rivers.forEach(({ through, flows_into }, i) => {
    through.forEach((given, j) => region("waters", ["rivers", i, "through", j], given));
    if (flows_into !== "")
      expect(
        packErrors.PACK_UNKNOWN_WATER,
        "river or lake",
        waters,
        "waters",
        ["rivers", i, "flows_into"],
        flows_into,
      );
  });
  parts.waters.lakes.forEach((lake, i) => region("waters", ["lakes", i, "region"], lake.region));
  parts.roads.roads.forEach(({ through }, i) =>
    through.forEach((given, j) => region("roads", ["roads", i, "through", j], given)),
  );
  parts.places.places.forEach((place, i) => {
    if (place.region !== undefined) region("places", ["places", i, "region"], place.region);
  });
  climate("weather", ["systems_climate"], parts.weather.systems_climate);
}
