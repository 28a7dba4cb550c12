import type { AtlasPlace } from "@orrery/atlas";
import { type Activity, ActivityWhere, type Carried, type Need } from "@orrery/schema/world/v1";
import type { Facts, Way } from "./plan.ts";

/** That a need is met, as a fact. */
export const met = (need: Need): string => `met ${need}`;
/** That somebody has been told, as a fact. */
export const TOLD = "told";

export const factsOf = (carried: readonly Pick<Carried, "name" | "count">[]): Facts =>
  new Map(carried.map(({ name, count }) => [name, count]));

/** The same as it is kept. */
export const carriedOf = (facts: Facts): readonly Pick<Carried, "name" | "count">[] =>
  [...facts]
    .filter(([, count]) => count > 0)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, count]) => ({ name, count }));

/** What doing it brings: what it leaves, needs that it serves, and that somebody is told who is called on. */
export function bringsOf({ leaves, serves, where }: Activity): Facts {
  const facts = new Map(factsOf(leaves));
  for (const need of serves) facts.set(met(need), 1);
  if (where === ActivityWhere.SOMEONE) facts.set(TOLD, 1);
  return facts;
}

/** A way of doing something at a place. @param risk 0..1 */
export function wayTo(activity: Activity, { id, spot }: AtlasPlace, risk: number): Way {
  const minutes = (activity.minutesLeast + activity.minutesMost) / 2;
  return {
    ...{ activityId: activity.id, placeId: id, spot, minutes, risk },
    ...{ takes: factsOf(activity.takes), leaves: bringsOf(activity) },
  };
}

/** Activities that bring a fact about, or what one of those takes, in their order. */
export function activitiesTo(fact: string, all: readonly Activity[]): readonly Activity[] {
  const wanted = new Set([fact]);
  const leading = new Set<Activity>();
  for (let before = -1; before < leading.size; ) {
    before = leading.size;
    for (const activity of all) {
      if (leading.has(activity) || ![...bringsOf(activity).keys()].some((brought) => wanted.has(brought)))
        continue;
      leading.add(activity);
      for (const { name } of activity.takes) wanted.add(name);
    }
  }
  return all.filter((activity) => leading.has(activity));
}
