import { packErrors } from "../errors.ts";
import { homeIdOf } from "../land/standing.ts";
import { personIdOf } from "../names.ts";
import type { PartFiles, PartName, Parts } from "../parts.ts";
import type { Path, Report } from "../problem.ts";

/** Every id names one thing in the whole pack. */
export function checkIds(parts: Parts, files: PartFiles, report: Report): void {
  const seen = new Map<string, string>();
  function take(part: PartName, path: Path, id: string): void {
    const { line } = files[part].locate(path);
    const before = seen.get(id);
    if (before !== undefined)
      report.add(packErrors.PACK_DUPLICATE_ID, files[part], path, `"${id}" is taken by ${before}`);
    else seen.set(id, `${files[part].name}:${line}`);
  }
  const note = (part: PartName, list: string, things: readonly { readonly id: string }[]) =>
    things.forEach(({ id }, i) => take(part, [list, i, "id"], id));
  note("calendar", "holidays", parts.calendar.holidays);
  note("calendar", "moons", parts.calendar.moons);
  note("regions", "regions", parts.regions.regions);
  note("waters", "rivers", parts.waters.rivers);
  note("waters", "lakes", parts.waters.lakes);
  note("roads", "roads", parts.roads.roads);
  note("places", "places", parts.places.places);
  note("relief", "peaks", parts.relief.peaks);
  note("climates", "climates", parts.climates.climates);
  note("species", "species", parts.species.species);
  note("activities", "activities", parts.activities.activities);
  note("roles", "routines", parts.roles.routines);
  note("roles", "roles", parts.roles.roles);
  note("economy", "goods", parts.economy.goods);
  note("economy", "makers", parts.economy.makers);
  note("economy", "edges", parts.economy.edges);
  note("factions", "factions", parts.factions.factions);
  note("events", "events", parts.events.events);
  note("things", "things", parts.things.things);
  note("lines", "lines", parts.lines.lines);
  note("people", "households", parts.people.households);
  parts.people.households.forEach((household, i) => {
    if (household.home === undefined) take("people", ["households", i, "id"], homeIdOf(household));
    household.members.forEach((member, j) =>
      take("people", ["households", i, "members", j, "name"], personIdOf(member, household)),
    );
  });
}
