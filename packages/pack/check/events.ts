import { packErrors } from "../errors.ts";
import type { PartFiles, Parts } from "../parts.ts";
import type { Report } from "../problem.ts";
import { expecting, idsOf } from "./known.ts";

/** Events happen where there is land, and change what there is. */
export function checkEvents(parts: Parts, files: PartFiles, report: Report): void {
  const expect = expecting(
    {
      region: { ids: idsOf(parts.regions.regions), kind: packErrors.PACK_UNKNOWN_REGION },
      good: { ids: idsOf(parts.economy.goods), kind: packErrors.PACK_UNKNOWN_GOOD },
    },
    files,
    report,
  );
  parts.events.events.forEach(({ regions, changes }, i) => {
    regions.forEach((region, j) => expect("region", "events", ["events", i, "regions", j], region));
    changes.forEach(({ good }, j) => {
      if (good !== undefined) expect("good", "events", ["events", i, "changes", j, "good"], good);
    });
  });
}
