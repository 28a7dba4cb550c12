import type { Land } from "@orrery/schema/world/v1";
import { isAwake, type People } from "../data/people.ts";
import { lampsAt } from "./draw-lights.ts";

/** Windows are lit by those who are awake behind them; where nobody is known to live, by the hour. */
export function litBy(people: People, land: Land): (hour: number) => (settlement: string) => number {
  const settlements = new Map(land.places.map(({ id, within }) => [id, within === "" ? id : within]));
  return (hour) => {
    const there = new Map<string, { awake: number; all: number }>();
    for (const someone of people.all.values()) {
      const settlement = settlements.get(someone.placeId);
      if (settlement === undefined) continue;
      const tally = there.get(settlement) ?? { awake: 0, all: 0 };
      tally.all += 1;
      if (isAwake(someone)) tally.awake += 1;
      there.set(settlement, tally);
    }
    return (settlement) => {
      const tally = there.get(settlement);
      return tally === undefined ? lampsAt(hour) : tally.awake / tally.all;
    };
  };
}
