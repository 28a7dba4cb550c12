import { packErrors } from "../errors.ts";
import { standingPlaces } from "../land/standing.ts";
import type { PartFiles, Parts } from "../parts.ts";
import type { Path, Report } from "../problem.ts";
import { expecting, idsOf } from "./known.ts";
import { needlessLoops, tooNarrow, unmade } from "./livelihood.ts";

/** Goods are made of goods, at places, for people who live somewhere, and come to them. */
export function checkEconomy(parts: Parts, files: PartFiles, report: Report): void {
  const { economy } = parts;
  const expect = expecting(
    {
      good: { ids: idsOf(economy.goods), kind: packErrors.PACK_UNKNOWN_GOOD },
      place: { ids: idsOf(standingPlaces(parts)), kind: packErrors.PACK_UNKNOWN_PLACE },
      region: { ids: idsOf(parts.regions.regions), kind: packErrors.PACK_UNKNOWN_REGION },
      road: { ids: idsOf(parts.roads.roads), kind: packErrors.PACK_UNKNOWN_ROAD },
    },
    files,
    report,
  );
  const keys = (what: "good" | "region" | "road", path: Path, record: Readonly<Record<string, unknown>>) => {
    for (const key of Object.keys(record)) expect(what, "economy", [...path, key], key, true);
  };

  economy.makers.forEach(({ at, makes, of }, i) => {
    expect("place", "economy", ["makers", i, "at"], at);
    expect("good", "economy", ["makers", i, "makes"], makes);
    keys("good", ["makers", i, "of"], of);
  });
  keys("region", ["crowd"], economy.crowd);
  keys("region", ["stores"], economy.stores);
  keys("good", ["bag"], economy.bag);
  keys("road", ["roads"], economy.roads);
  economy.edges.forEach(({ road, region, abundance }, i) => {
    expect("road", "economy", ["edges", i, "road"], road);
    expect("region", "economy", ["edges", i, "region"], region);
    keys("good", ["edges", i, "abundance"], abundance);
  });
}

/** What there is suffices: asked once all that is named exists. */
export function checkLivelihood(parts: Parts, files: PartFiles, report: Report): void {
  for (const { path, message } of [...unmade(parts), ...needlessLoops(parts), ...tooNarrow(parts)])
    report.add(packErrors.PACK_ECONOMY, files.economy, path, message);
}
