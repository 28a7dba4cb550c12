import { DeathCause, NpcActed, NpcDied, NpcMoved } from "@orrery/schema/npc/v1";
import { WeatherChanged } from "@orrery/schema/weather/v1";
import { Need, type Pack, ShortageDeclared, ShortageLevel, ShortageWhy } from "@orrery/schema/world/v1";
import { beforeEach, describe, expect, it } from "vitest";
import { hollowmere, peopleWorld } from "../valley.testing.ts";

const H = 3_600;
const DAY = 24 * H;
const REGION = "region:mill-vale";
let pack: Pack;
beforeEach(async () => {
  pack = await hollowmere();
  if (pack.society) pack.society.persons = pack.society.persons.filter(({ id }) => /-reed$/.test(id));
});
/** What a meal brings is nothing: no crumb is left. */
const empty = () => {
  for (const { done } of pack.society?.activities ?? [])
    for (const gain of done) if (gain.need === Need.FOOD) gain.by = 0;
};
const died = ({ world }: ReturnType<typeof peopleWorld>) => world.emitted(NpcDied);

/** Nearly spent: what would take days takes hours. */
const weaken = ({ world }: ReturnType<typeof peopleWorld>) => {
  for (const id of world.state.minds.ids()) Object.assign(world.state.minds.edit(id), { health: 0.1 });
};

describe("where there is no food at all", () => {
  it("people starve within eight days, and their deaths lead back to the shortage", () => {
    empty();
    const people = peopleWorld(pack, 0);
    const before = people.world.state.minds.size;
    const shortage = people.world.tell(ShortageDeclared, {
      atGs: 0,
      regionId: REGION,
      goodId: "good:grain",
      level: ShortageLevel.CRITICAL,
      staple: true,
      serves: Need.FOOD,
      why: ShortageWhy.ROAD,
    });
    people.passUntil(5 * DAY, H);
    expect(died(people)).toEqual([]);
    for (const [, { health }] of people.world.state.minds) expect(health).toBeLessThan(1);
    people.passUntil(9 * DAY, H);
    expect(died(people)).toHaveLength(before);
    for (const { event, cause } of died(people)) {
      expect(event.cause).toBe(DeathCause.HUNGER);
      expect(cause).toEqual(shortage);
    }
    // Who is left has come since: the dead are due nowhere, and are nowhere.
    const { minds } = people.world.state;
    expect(people.world.derived.due.size).toBe(minds.size);
    const there = people.world.derived.present
      .listed()
      .map(([, ids]) => ids)
      .flatMap((ids) => [...ids]);
    for (const id of there) expect(minds.has(id)).toBe(true);
  });

  it("they die at the same second by minutes and by hours, and do nothing after it", () => {
    empty();
    if (pack.society) pack.society.persons = pack.society.persons.slice(0, 2);
    const deaths = [600, H].map((stepS) => {
      const people = peopleWorld(pack, 0);
      people.passUntil(3 * DAY, H);
      weaken(people);
      people.passUntil(5 * DAY, stepS);
      for (const { event } of died(people))
        for (const type of [NpcActed, NpcMoved])
          for (const said of people.world.emitted(type))
            if (said.event.atGs > event.atGs) expect(said.event.npcId).not.toBe(event.npcId);
      return died(people).map(({ event }) => `${event.atGs} ${event.npcId}`);
    });
    expect(deaths[0]!.length).toBeGreaterThan(0);
    expect(deaths[1]).toEqual(deaths[0]);
  });
});

it.each([
  ["in the open dies of the cold", true],
  ["under a roof does not", false],
])("in deadly cold whoever lives %s", (_, openAir) => {
  for (const place of pack.land?.places ?? []) place.openAir = openAir;
  const people = peopleWorld(pack, 0);
  for (const { id: regionId } of pack.land?.regions ?? [])
    people.world.tell(WeatherChanged, {
      atGs: 0,
      regionId,
      feelsLikeC: -60,
      effects: { outdoor: 0, move: 1 },
    });
  people.passUntil(DAY, H);
  expect(new Set(died(people).map(({ event }) => event.cause))).toEqual(
    new Set(openAir ? [DeathCause.EXPOSURE] : []),
  );
  expect(people.world.state.minds.size > 0).toBe(!openAir);
});
