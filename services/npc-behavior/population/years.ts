import { dangersOf } from "@orrery/npc-mind";
import { DeathCause, type Mind } from "@orrery/schema/npc/v1";
import type { DeepReadonly } from "@orrery/simulation/define";
import { AGEING, type Morning } from "./morning.ts";
import { PACK, type PeopleContext, type PeopleWorld } from "../state.ts";

const DAY_GS = 86_400;

/** Of those whose round it is: whose birthday it is is a year older, and somebody's day may be their last. In a world without a calendar nobody ages. */
export function age(state: PeopleWorld, { day, round, nowGs }: Morning, ctx: PeopleContext): void {
  const yearDays = state.surroundings.get(PACK)?.yearDays ?? 0;
  if (yearDays === 0) return;
  const { due } = ctx.derived;
  for (const id of state.minds.ids()) {
    const seen = state.minds.get(id) as DeepReadonly<Mind>;
    if (roundOf(seen) !== round) continue;
    const bornDay = seen.bornDay ?? bornDayOf(seen, day, yearDays, ctx);
    const ageYears = Math.floor((day - bornDay) / yearDays);
    if (seen.bornDay === undefined || ageYears !== seen.ageYears)
      Object.assign(state.minds.edit(id), { bornDay, ageYears });
    const fate = fateOf({ ...seen, ageYears }, { day, nowGs }, yearDays, ctx);
    if (fate === undefined) continue;
    const mind = state.minds.edit(id);
    Object.assign(mind, fate);
    mind.dueGs = Math.min(mind.dueGs, fate.fateGs);
    due.push(mind.dueGs, id);
  }
}

/** In which round somebody grows older: whose birthday nobody knows yet in the first. */
const roundOf = ({ bornDay = 0 }: DeepReadonly<Mind>) => ((Math.floor(bornDay) % AGEING) + AGEING) % AGEING;

/** When somebody of this age was born, where it is not known. @param yearDays more than none */
export const bornDayOf = (
  { npcId, ageYears }: Pick<DeepReadonly<Mind>, "npcId" | "ageYears">,
  day: number,
  yearDays: number,
  { streams }: Pick<PeopleContext, "streams">,
): number => day - ageYears * yearDays - streams.stream("birthday", npcId).int(Math.floor(yearDays));

/** What somebody dies of until tomorrow, if they do: one draw a person and day. */
function fateOf(
  { npcId, speciesId, ageYears }: Pick<DeepReadonly<Mind>, "npcId" | "speciesId" | "ageYears">,
  { day, nowGs }: Pick<Morning, "day" | "nowGs">,
  yearDays: number,
  { streams, derived }: PeopleContext,
): { readonly fate: DeathCause; readonly fateGs: number } | undefined {
  const mortality = derived.country.society.species.get(speciesId)?.mortality;
  if (mortality === undefined) return undefined;
  const { illness, age: ofAge } = dangersOf(mortality, ageYears, yearDays);
  const random = streams.stream("lifespan", npcId, day);
  const draw = random.uniform();
  if (draw >= illness + ofAge) return undefined;
  return {
    fate: draw < illness ? DeathCause.ILLNESS : DeathCause.AGE,
    fateGs: nowGs + 1 + random.int(DAY_GS - 1),
  };
}
