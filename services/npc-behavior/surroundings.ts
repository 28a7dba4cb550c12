import { create } from "@bufbuild/protobuf";
import { type Atlas, createAtlas } from "@orrery/atlas";
import { createSociety, type SocietyIndex } from "@orrery/npc-mind";
import { ServingSchema, type Surroundings, SurroundingsSchema } from "@orrery/schema/npc/v1";
import { type Calendar, LandSchema, type Pack, SocietySchema } from "@orrery/schema/world/v1";
import type { DeepReadonly } from "@orrery/simulation/define";

/** What people live in, as it is asked for. */
export interface Country {
  readonly atlas: Atlas;
  readonly society: SocietyIndex;
}

/** What of a pack is kept: a state must be able to go on without it. Who lives there is in the minds. */
export function surroundingsOf(pack: Pack | undefined): Surroundings {
  const { land, society, calendar, economy, factions, events, things } = pack ?? {};
  return create(SurroundingsSchema, {
    land: create(LandSchema, {
      widthKm: land?.widthKm ?? 0,
      heightKm: land?.heightKm ?? 0,
      regions: land?.regions ?? [],
      roads: land?.roads ?? [],
      places: land?.places ?? [],
    }),
    society: create(SocietySchema, {
      species: society?.species ?? [],
      activities: society?.activities ?? [],
      routines: society?.routines ?? [],
      roles: society?.roles ?? [],
      households: society?.households ?? [],
      lines: society?.lines ?? [],
      distortions: society?.distortions ?? [],
    }),
    holidays: calendar?.holidays ?? [],
    weekdays: calendar?.weekdays.length ?? 0,
    servings: Object.fromEntries(
      (economy?.goods ?? []).map(({ id, serves, use }) => [id, create(ServingSchema, { need: serves, use })]),
    ),
    yearDays: yearDaysOf(calendar),
    names: Object.fromEntries(
      [
        ...(land?.regions ?? []),
        ...(land?.roads ?? []),
        ...(economy?.goods ?? []),
        ...(factions?.factions ?? []),
        ...(events?.rules ?? []),
        ...(things ?? []),
      ].map(({ id, name }) => [id, name]),
    ),
  });
}

/** Days of a year on the whole; 0 without a calendar. */
function yearDaysOf(calendar: Calendar | undefined): number {
  const days = (calendar?.months ?? []).reduce((sum, month) => sum + month.days, 0);
  const { every = 0, addDays = 0 } = calendar?.leap ?? {};
  return days + (every > 0 ? addDays / every : 0);
}

const NO_LAND = create(LandSchema);
const NO_SOCIETY = create(SocietySchema);

export const countryOf = ({ land, society }: DeepReadonly<Surroundings>): Country => ({
  atlas: createAtlas((land ?? NO_LAND) as typeof NO_LAND),
  society: createSociety((society ?? NO_SOCIETY) as typeof NO_SOCIETY),
});
