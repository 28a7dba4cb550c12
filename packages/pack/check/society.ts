import { packErrors } from "../errors.ts";
import { homeIdOf, standingPlaces } from "../land/standing.ts";
import { didYouMean } from "../nearest.ts";
import type { PartFiles, Parts } from "../parts.ts";
import type { Report } from "../problem.ts";
import { checkCarried } from "./carried.ts";
import { expecting, idsOf } from "./known.ts";

const WORK = "work";
const activityIdOf = (slot: string) => `activity:${slot.slice("00:00 ".length)}`;

/** People live, work and do what there is; their days are in order. */
export function checkSociety(parts: Parts, files: PartFiles, report: Report): void {
  const { species, activities, roles, people, places, calendar } = parts;
  const expect = expecting(
    {
      species: { ids: idsOf(species.species), kind: packErrors.PACK_UNKNOWN_SPECIES },
      activity: { ids: idsOf(activities.activities), kind: packErrors.PACK_UNKNOWN_ACTIVITY },
      routine: { ids: idsOf(roles.routines), kind: packErrors.PACK_UNKNOWN_ROUTINE },
      role: { ids: idsOf(roles.roles), kind: packErrors.PACK_UNKNOWN_ROLE },
      place: { ids: idsOf(standingPlaces(parts)), kind: packErrors.PACK_UNKNOWN_PLACE },
      settlement: {
        ids: idsOf(places.places.filter(({ at }) => at !== undefined)),
        kind: packErrors.PACK_UNKNOWN_PLACE,
      },
      weekday: { ids: new Set(calendar.weekdays), kind: packErrors.PACK_UNKNOWN_DAY },
      feast: {
        ids: new Set(calendar.holidays.flatMap(({ tags }) => tags)),
        kind: packErrors.PACK_UNKNOWN_DAY,
      },
    },
    files,
    report,
  );

  places.places.forEach(({ in: settlement }, i) => {
    if (settlement !== undefined) expect("settlement", "places", ["places", i, "in"], settlement);
  });
  const fixtures = new Set(places.places.flatMap(({ fixtures: own }) => Object.keys(own)));
  activities.activities.forEach(
    ({ minutes: [least, most], ages: [from, to], says, at, reflex, occupies }, i) => {
      if (occupies !== undefined && !fixtures.has(occupies))
        report.add(
          packErrors.PACK_SOCIETY,
          files.activities,
          ["activities", i, "occupies"],
          `"${says}" occupies one "${occupies}", and no place has any`,
          didYouMean(
            occupies,
            fixtures,
            `Say in places.yaml how many, like \`fixtures: { ${occupies}: 12 }\``,
          ),
        );
      if (at === "here" && reflex === undefined)
        report.add(
          packErrors.PACK_SOCIETY,
          files.activities,
          ["activities", i, "at"],
          `"${says}" is done here, wherever that is, and is no reflex`,
          "Say `home`, `work` or kinds of places",
        );
      if (from > to)
        report.add(
          packErrors.PACK_SOCIETY,
          files.activities,
          ["activities", i, "ages"],
          `"${says}" is for those from ${from} to ${to} years of age, which nobody is`,
        );
      if (least > most)
        report.add(
          packErrors.PACK_SOCIETY,
          files.activities,
          ["activities", i, "minutes"],
          `"${says}" lasts at least ${least} minutes, and at most ${most}`,
        );
    },
  );
  checkCarried(activities.activities, files.activities, report);
  roles.routines.forEach(({ days }, i) =>
    days.forEach(({ on, feasts, slots }, j) => {
      const path = ["routines", i, "days", j];
      on.forEach((given, k) => expect("weekday", "roles", [...path, "on", k], given));
      feasts.forEach((given, k) => expect("feast", "roles", [...path, "feasts", k], given));
      slots.forEach((slot, k) => {
        expect("activity", "roles", [...path, "slots", k], activityIdOf(slot));
        const before = slots[k - 1];
        if (before !== undefined && before.slice(0, 5) >= slot.slice(0, 5))
          report.add(
            packErrors.PACK_SOCIETY,
            files.roles,
            [...path, "slots", k],
            `"${slot}" comes after "${before}"`,
          );
      });
    }),
  );
  roles.routines.forEach(({ id, days }, i) => {
    const last = days.at(-1);
    if (last !== undefined && [last.on, last.seasons, last.feasts].some((set) => set.length > 0))
      report.add(
        packErrors.PACK_SOCIETY,
        files.roles,
        ["routines", i, "days", days.length - 1],
        `${id} does not say how its other days go`,
      );
  });
  roles.roles.forEach(({ id, routine, until_age, then }, i) => {
    expect("routine", "roles", ["roles", i, "routine"], routine);
    then.forEach((role, j) => expect("role", "roles", ["roles", i, "then", j], role));
    if ((until_age === undefined) === then.length > 0)
      report.add(
        packErrors.PACK_SOCIETY,
        files.roles,
        ["roles", i, until_age === undefined ? "then" : "until_age"],
        `${id} says ${until_age === undefined ? "what people are then, and not from which age on" : "until which age, and not what people are then"}`,
        "`until_age` and `then` go together",
      );
  });
  species.species.forEach(({ name, parents: [from, to] }, i) => {
    if (from > to)
      report.add(
        packErrors.PACK_SOCIETY,
        files.species,
        ["species", i, "parents"],
        `${name} have children from ${from} to ${to} years of age, which nobody is`,
      );
  });

  const atWork = idsOf(activities.activities.filter(({ at }) => at === WORK));
  const works = idsOf(
    roles.routines.filter(({ days }) =>
      days.some(({ slots }) => slots.some((slot) => atWork.has(activityIdOf(slot)))),
    ),
  );
  const working = idsOf(roles.roles.filter(({ routine }) => works.has(routine)));
  people.households.forEach((household, i) => {
    const path = ["households", i];
    expect("settlement", "people", [...path, "in"], household.in);
    expect("place", "people", [...path, "home"], homeIdOf(household));
    expect("species", "people", [...path, "species"], household.species);
    household.members.forEach((member, j) => {
      const at = [...path, "members", j];
      expect("role", "people", [...at, "role"], member.role);
      if (member.species !== undefined) expect("species", "people", [...at, "species"], member.species);
      if (member.work !== undefined) expect("place", "people", [...at, "work"], member.work);
      else if (working.has(member.role))
        report.add(
          packErrors.PACK_SOCIETY,
          files.people,
          at,
          `${member.name} is a ${member.role.slice("role:".length)} and has no place to work at`,
          "Say where with `work: place:…`",
        );
    });
  });
}
