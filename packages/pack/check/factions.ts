import { packErrors } from "../errors.ts";
import { standingPlaces } from "../land/standing.ts";
import type { PartFiles, Parts } from "../parts.ts";
import type { Report } from "../problem.ts";
import { expecting, idsOf } from "./known.ts";

/** Factions sit somewhere, hold what there is, and are of people who are there; no two hold the same. */
export function checkFactions(parts: Parts, files: PartFiles, report: Report): void {
  const { factions } = parts.factions;
  const expect = expecting(
    {
      region: { ids: idsOf(parts.regions.regions), kind: packErrors.PACK_UNKNOWN_REGION },
      role: { ids: idsOf(parts.roles.roles), kind: packErrors.PACK_UNKNOWN_ROLE },
      place: { ids: idsOf(standingPlaces(parts)), kind: packErrors.PACK_UNKNOWN_PLACE },
      household: { ids: idsOf(parts.people.households), kind: packErrors.PACK_UNKNOWN_HOUSEHOLD },
    },
    files,
    report,
  );
  if (factions.length > 0 && parts.economy.goods.length === 0)
    report.add(
      packErrors.PACK_FACTIONS,
      files.factions,
      ["factions"],
      "factions live on what people earn, and economy.yaml has no goods",
    );
  const holders = new Map<string, string>();
  factions.forEach(({ id, seat, lands, members }, i) => {
    expect("region", "factions", ["factions", i, "seat"], seat);
    lands.forEach((land, j) => expect("region", "factions", ["factions", i, "lands", j], land));
    members.roles.forEach((role, j) =>
      expect("role", "factions", ["factions", i, "members", "roles", j], role),
    );
    members.works.forEach((work, j) =>
      expect("place", "factions", ["factions", i, "members", "works", j], work),
    );
    members.households.forEach((household, j) =>
      expect("household", "factions", ["factions", i, "members", "households", j], household),
    );
    for (const land of new Set([seat, ...lands])) {
      const holder = holders.get(land);
      const path = land === seat ? ["factions", i, "seat"] : ["factions", i, "lands", lands.indexOf(land)];
      if (holder !== undefined)
        report.add(packErrors.PACK_FACTIONS, files.factions, path, `${land} is ${holder}'s already`);
      else holders.set(land, id);
    }
  });
}
