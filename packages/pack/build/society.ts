import {
  type ActivityInit,
  ActivityWhere,
  type ConsiderationInit,
  ConsiderationInput,
  Curve,
  type DistortionInit,
  FactDetail,
  Need,
  type LineInit,
  type NeedGainInit,
  PlaceKind,
  Predicate,
  Reflex,
  type RoutineDayInit,
  SeasonKind,
  type SocietyInit,
  SpeechAct,
  Trait,
  type TraitsInit,
} from "@orrery/schema/world/v1";
import { seedOf } from "../land/noise.ts";
import { homeIdOf } from "../land/standing.ts";
import { fullNameOf, personIdOf } from "../names.ts";
import type { Parts } from "../parts.ts";
import { NEEDS, TRAITS } from "../shape/activities.ts";

type ActivityText = Parts["activities"]["activities"][number];
type ConsiderationText = ActivityText["considers"][number];

const named = <E extends Record<string, unknown>>(names: E, name: string) =>
  names[name.toUpperCase() as keyof E] as E[keyof E];
const gainsOf = (gains: Readonly<Record<string, number | undefined>>): NeedGainInit[] =>
  Object.entries(gains).map(([need, by = 0]) => ({ need: named(Need, need), by }));

function considerationOf({ of, curve, slope, centre, trait }: ConsiderationText): ConsiderationInit {
  const isNeed = (NEEDS as readonly string[]).includes(of);
  return {
    input: isNeed ? ConsiderationInput.LACK : named(ConsiderationInput, of),
    need: isNeed ? named(Need, of) : Need.UNSPECIFIED,
    curve: named(Curve, curve),
    slope,
    centre,
    trait: trait === undefined ? Trait.UNSPECIFIED : named(Trait, trait),
  };
}

const carriedOf = (things: Readonly<Record<string, number>>) =>
  Object.entries(things)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, count]) => ({ name, count }));

const activityOf = ({ minutes: [least, most], ages, ...text }: ActivityText): ActivityInit => ({
  id: text.id,
  says: text.says,
  where: typeof text.at === "string" ? named(ActivityWhere, text.at) : ActivityWhere.KIND,
  kinds: typeof text.at === "string" ? [] : text.at.map((kind) => named(PlaceKind, kind)),
  withinKm: text.within_km,
  fromAge: ages[0],
  toAge: ages[1],
  asleep: text.asleep,
  minutesLeast: least,
  minutesMost: most,
  fillsSlot: text.fills_slot,
  occupies: text.occupies ?? "",
  planned: text.planned,
  takes: carriedOf(text.takes),
  leaves: carriedOf(text.leaves),
  of: text.of === undefined ? Need.UNSPECIFIED : named(Need, text.of),
  reflex: text.reflex === undefined ? Reflex.UNSPECIFIED : named(Reflex, text.reflex),
  serves: text.serves.map((need) => named(Need, need)),
  hourly: gainsOf(text.hourly),
  together: gainsOf(text.together),
  done: gainsOf(text.done),
  considers: text.considers.map(considerationOf),
});

function dayOf(
  { on, seasons, feasts, slots }: Parts["roles"]["routines"][number]["days"][number],
  weekdays: readonly string[],
): RoutineDayInit {
  return {
    weekdays: on.map((name) => weekdays.indexOf(name) + 1),
    seasons: seasons.map((season) => named(SeasonKind, season)),
    holidayTags: feasts,
    slots: slots.map((slot) => ({
      fromS: Number(slot.slice(0, 2)) * 3_600 + Number(slot.slice(3, 5)) * 60,
      activityId: `activity:${slot.slice(6)}`,
    })),
  };
}

const USUAL = 0.5;
const USUAL_AGGRESSION = 0.3;
/** How far people are from the usual on the whole, where a pack does not say. */
const APART = 0.3;

/** Two draws from a name, so that most are near the middle. */
function usualTrait(personId: string, trait: string): number {
  const h = seedOf(`${personId}/${trait}`);
  const draw = ((h >>> 16) + (h & 0xffff)) / 131_070;
  const usual = trait === "aggression" ? USUAL_AGGRESSION : USUAL;
  return Math.round(100 * (usual + 2 * APART * (draw - 0.5))) / 100;
}

const traitsOf = (personId: string, given: Readonly<Record<string, number | undefined>>): TraitsInit =>
  Object.fromEntries(TRAITS.map((trait) => [trait, given[trait] ?? usualTrait(personId, trait)]));

const lineOf = ({ id, act, of, text }: Parts["lines"]["lines"][number]): LineInit => ({
  id,
  act: named(SpeechAct, act),
  predicate: of === undefined ? Predicate.UNSPECIFIED : named(Predicate, of),
  text,
});

const distortionOf = ({
  of,
  becomes,
  detail,
  weight,
}: Parts["lines"]["distortions"][number]): DistortionInit => ({
  predicate: named(Predicate, of),
  becomes: becomes === undefined ? Predicate.UNSPECIFIED : named(Predicate, becomes),
  detail: detail === undefined ? FactDetail.UNSPECIFIED : named(FactDetail, detail),
  weight,
});

export function buildSociety({ species, activities, roles, people, lines, calendar }: Parts): SocietyInit {
  return {
    lines: lines.lines.map(lineOf),
    distortions: lines.distortions.map(distortionOf),
    species: species.species.map(
      ({ walk_mps, needs, lifespan, doubles_in, illness, parents: [fromAge, toAge], names, ...one }) => ({
        ...one,
        mortality: { lifespan, doublesIn: doubles_in, illness: illness / 1_000 },
        ...(names.length > 0 && { family: { fromAge, toAge, names } }),
        walkMps: walk_mps,
        needs: {
          restAwake: needs.rest_awake,
          restAsleep: needs.rest_asleep,
          foodAwake: needs.food_awake,
          foodAsleep: needs.food_asleep,
          company: needs.company,
          purpose: needs.purpose,
          safety: needs.safety,
          standingHalfLifeH: needs.standing_half_life_h,
          warmFromC: needs.warm_from_c,
          coldSpanC: needs.cold_span_c,
          warmthTauH: needs.warmth_tau_h,
        },
      }),
    ),
    activities: activities.activities.map(activityOf),
    routines: roles.routines.map(({ id, days }) => ({
      id,
      days: days.map((day) => dayOf(day, calendar.weekdays)),
    })),
    roles: roles.roles.map(({ id, name, routine, clothing_c, until_age, then }) => ({
      id,
      name,
      routineId: routine,
      clothingC: clothing_c,
      untilAge: until_age ?? 0,
      thenIds: then,
    })),
    households: people.households.map((household) => ({
      id: household.id,
      name: household.name ?? "",
      homePlaceId: homeIdOf(household),
    })),
    persons: people.households.flatMap((household) =>
      household.members.map((member) => {
        const id = personIdOf(member, household);
        return {
          id,
          name: fullNameOf(member, household),
          speciesId: member.species ?? household.species,
          householdId: household.id,
          roleId: member.role,
          homePlaceId: homeIdOf(household),
          workPlaceId: member.work ?? "",
          ageYears: member.age,
          traits: traitsOf(id, member.traits),
        };
      }),
    ),
  };
}
