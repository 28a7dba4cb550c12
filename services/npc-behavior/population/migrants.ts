import { ArrivalHow } from "@orrery/schema/npc/v1";
import { type Census, LEAST } from "./census.ts";
import type { Morning } from "./morning.ts";
import { welcome } from "./newcomer.ts";
import { agedFor, helpFor } from "./posts.ts";
import type { PeopleContext, PeopleWorld } from "../state.ts";

/** Where fewer live than this share of what it was, people come now and then. */
const FEW = 0.9;
const NOW_AND_THEN = 0.2;
/** A tenth of a region's people comes in a day at most. */
const A_DAY = 0.1;

/** People come to live where too few do: into the houses with the fewest in them. */
export function migrate(state: PeopleWorld, census: Census, morning: Morning, ctx: PeopleContext): void {
  const { society } = ctx.derived.country;
  for (const regionId of state.peopled.ids()) {
    const { target = 0, speciesIds = [] } = state.peopled.get(regionId) ?? {};
    const random = ctx.streams.stream("migrants", regionId, morning.day);
    const now = () => census.counts.get(regionId) ?? 0;
    const homes = census.homes.filter((home) => home.regionId === regionId);
    if (homes.length === 0) continue;
    for (let left = Math.max(1, Math.ceil(A_DAY * target)); left > 0 && now() < FEW * target; left--) {
      if (now() >= LEAST * target && random.uniform() >= NOW_AND_THEN) break;
      const fewest = Math.min(...homes.map(({ memberIds }) => memberIds.length));
      const { household, memberIds } = random.pick(homes.filter((home) => home.memberIds.length === fewest));
      const speciesId = state.minds.get(memberIds[0] ?? "")?.speciesId ?? random.pick(speciesIds);
      const help = helpFor(state, memberIds, [...society.learners].sort(), random, ctx);
      if (help === undefined) break;
      const ageYears = agedFor(society.species.get(speciesId)?.family, random);
      const newcomer = {
        ...help,
        how: ArrivalHow.MIGRATED,
        speciesId,
        ageYears,
        home: household,
        helps: true,
      };
      if (welcome(state, newcomer, { ...morning, census, random }, ctx) === undefined) break;
    }
  }
}
