import { BlockedBy, NeedCritical } from "@orrery/schema/npc/v1";
import { Need, type Pack, ShortageDeclared, ShortageLevel, ShortageWhy } from "@orrery/schema/world/v1";
import { WeatherChanged } from "@orrery/schema/weather/v1";
import { beforeEach, describe, expect, it } from "vitest";
import { hollowmere, peopleWorld } from "../valley.testing.ts";

const H = 3_600;
const DAY = 24 * H;
let pack: Pack;
let people: ReturnType<typeof peopleWorld>;
beforeEach(async () => {
  pack = await hollowmere();
  // A household is enough.
  if (pack.society) pack.society.persons = pack.society.persons.filter(({ id }) => /-reed$/.test(id));
  people = peopleWorld(pack, 0);
});

const { SHORT, CRITICAL, EASED } = ShortageLevel;
const lack = (level: ShortageLevel, over: object = {}) =>
  people.world.tell(ShortageDeclared, {
    atGs: people.nowGs(),
    regionId: "region:mill-vale",
    goodId: "good:grain",
    level,
    staple: true,
    serves: Need.FOOD,
    why: ShortageWhy.ROAD,
    ...over,
  });
const meanOf = (need: number) => {
  const minds = [...people.world.state.minds].map(([, mind]) => mind.needs[need - 1] ?? 0);
  return minds.reduce((sum, level) => sum + level, 0) / minds.length;
};

describe("where bread is short", () => {
  it("meals are worth less, and who starves by it says that no road brings any", () => {
    people.passUntil(2 * DAY, 600);
    const before = meanOf(Need.FOOD);
    expect(people.world.emitted(NeedCritical).filter(({ event }) => event.need === Need.FOOD)).toEqual([]);
    const origin = lack(CRITICAL);
    people.passUntil(4 * DAY, 600);
    expect(meanOf(Need.FOOD)).toBeLessThan(before - 0.1);
    const starving = people.world.emitted(NeedCritical).filter(({ event }) => event.need === Need.FOOD);
    expect(starving.length).toBeGreaterThan(0);
    for (const { event, cause } of starving) {
      expect(event.blockedBy).toBe(BlockedBy.NO_ROUTE);
      expect(cause).toEqual(origin);
    }
    lack(EASED);
    people.passUntil(7 * DAY, 600);
    expect(meanOf(Need.FOOD)).toBeGreaterThan(before - 0.1);
  });

  it("is not where it is said of another region, or of what people can do without", () => {
    lack(CRITICAL, { regionId: "region:market-vale" });
    lack(CRITICAL, { goodId: "good:luxury", staple: false });
    const other = peopleWorld(pack, 0);
    for (const one of [people, other]) one.passUntil(2 * DAY, 600);
    const needs = (of: typeof people) => [...of.world.state.minds].map(([, mind]) => mind.needs);
    expect(needs(people)).toEqual(needs(other));
  });

  it("is over when it has eased, whatever was said before; of two lacks the worse counts", () => {
    lack(SHORT);
    lack(CRITICAL, { goodId: "good:fish", why: ShortageWhy.MONEY });
    const larder = () =>
      people.world.state.larders.get("region:mill-vale")?.lacks.map(({ goodId, why }) => [goodId, why]);
    expect(larder()).toEqual([
      ["good:grain", BlockedBy.NO_ROUTE],
      ["good:fish", BlockedBy.NO_MONEY],
    ]);
    lack(EASED, { goodId: "good:fish" });
    lack(EASED);
    lack(EASED);
    expect(larder()).toEqual([]);
  });
});

describe("where fuel is short", () => {
  it("rooms are cold when it is cold outside, and no colder than that", () => {
    const chill = () =>
      people.world.tell(WeatherChanged, {
        atGs: people.nowGs(),
        regionId: "region:mill-vale",
        feelsLikeC: -12,
      });
    chill();
    people.passUntil(2 * DAY, 600);
    const warm = meanOf(Need.WARMTH);
    lack(CRITICAL, { goodId: "good:fuel", serves: Need.WARMTH });
    people.passUntil(4 * DAY, 600);
    expect(meanOf(Need.WARMTH)).toBeLessThan(warm);
  });
});
