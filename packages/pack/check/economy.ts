import type { ErrorKind } from "@orrery/wire";
import { packErrors } from "../errors.ts";
import { standingPlaces } from "../land/standing.ts";
import { didYouMean } from "../nearest.ts";
import type { PartFiles, Parts } from "../parts.ts";
import type { Path, Report } from "../problem.ts";
import { needlessLoops, tooNarrow, unmade } from "./livelihood.ts";

/** Goods are made of goods, at places, for people who live somewhere, and come to them. */
export function checkEconomy(parts: Parts, files: PartFiles, report: Report): void {
  const { economy } = parts;
  const file = files.economy;
  const idsOf = (things: readonly { readonly id: string }[]) => new Set(things.map(({ id }) => id));
  const known = {
    good: idsOf(economy.goods),
    place: idsOf(standingPlaces(parts)),
    region: idsOf(parts.regions.regions),
    road: idsOf(parts.roads.roads),
  };
  const kinds: Readonly<Record<keyof typeof known, ErrorKind>> = {
    good: packErrors.PACK_UNKNOWN_GOOD,
    place: packErrors.PACK_UNKNOWN_PLACE,
    region: packErrors.PACK_UNKNOWN_REGION,
    road: packErrors.PACK_UNKNOWN_ROAD,
  };
  function expect(what: keyof typeof known, path: Path, given: string, isKey = false): void {
    if (known[what].has(given)) return;
    const hint = didYouMean(given, known[what], kinds[what].todo);
    const message = `there is no ${what} "${given}"`;
    if (isKey) report.addKey(kinds[what], file, path, message, hint);
    else report.add(kinds[what], file, path, message, hint);
  }
  const keys = (what: keyof typeof known, path: Path, record: Readonly<Record<string, unknown>>) => {
    for (const key of Object.keys(record)) expect(what, [...path, key], key, true);
  };

  economy.makers.forEach(({ at, makes, of }, i) => {
    expect("place", ["makers", i, "at"], at);
    expect("good", ["makers", i, "makes"], makes);
    keys("good", ["makers", i, "of"], of);
  });
  keys("region", ["crowd"], economy.crowd);
  keys("region", ["stores"], economy.stores);
  keys("road", ["roads"], economy.roads);
  economy.edges.forEach(({ road, region, abundance }, i) => {
    expect("road", ["edges", i, "road"], road);
    expect("region", ["edges", i, "region"], region);
    keys("good", ["edges", i, "abundance"], abundance);
  });
}

/** What there is suffices: asked once all that is named exists. */
export function checkLivelihood(parts: Parts, files: PartFiles, report: Report): void {
  for (const { path, message } of [...unmade(parts), ...needlessLoops(parts), ...tooNarrow(parts)])
    report.add(packErrors.PACK_ECONOMY, files.economy, path, message);
}
