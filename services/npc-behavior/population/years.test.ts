import { DeathCause, NpcActed, NpcDied } from "@orrery/schema/npc/v1";
import { TimeUpdated } from "@orrery/schema/time/v1";
import type { Pack } from "@orrery/schema/world/v1";
import { beforeEach, describe, expect, it } from "vitest";
import { hollowmere, minute, peopleWorld } from "../valley.testing.ts";

const H = 3_600;
const DAY = 24 * H;
const YEAR_DAYS = 5;
let pack: Pack;
beforeEach(async () => {
  pack = await hollowmere();
  if (pack.society) pack.society.persons = pack.society.persons.slice(0, 6);
  // Years that are over within a test.
  if (pack.calendar) pack.calendar.months = [{ ...pack.calendar.months[0]!, days: YEAR_DAYS }];
});
const mortal = (over: object) => {
  for (const { mortality } of pack.society?.species ?? []) Object.assign(mortality!, over);
};
const agesIn = ({ world }: ReturnType<typeof peopleWorld>) =>
  new Map([...world.state.minds].map(([id, { ageYears }]) => [id, ageYears]));

describe("years", () => {
  it("make people older on their birthdays, once each", () => {
    mortal({ illness: 0, lifespan: 10_000 });
    const people = peopleWorld(pack, 0);
    const before = agesIn(people);
    people.passUntil(2 * DAY, H);
    const birthdays = new Set(
      [...people.world.state.minds].map(([, { bornDay = 0 }]) => ((bornDay % 5) + 5) % 5),
    );
    expect(birthdays.size).toBeGreaterThan(1);
    people.passUntil((3 * YEAR_DAYS + 1) * DAY - H, H);
    for (const [id, age] of agesIn(people)) expect(age).toBe(before.get(id)! + 3);
    expect(people.world.emitted(NpcDied)).toEqual([]);
  });

  it("that nobody heard of make nobody older", () => {
    mortal({ illness: 0, lifespan: 10_000 });
    const people = peopleWorld(pack, 0);
    people.passUntil(DAY, H);
    const before = agesIn(people);
    people.world.tell(TimeUpdated, minute(500 * YEAR_DAYS * DAY, 60, pack));
    expect(agesIn(people)).toEqual(before);
  });

  it("leave those whose world has no calendar as old as they are", () => {
    delete pack.calendar;
    mortal({ illness: 1_000, lifespan: 1 });
    const people = peopleWorld(pack, 0);
    people.passUntil(3 * DAY, H);
    expect(people.world.state.minds.size).toBe(6);
  });
});

describe("whoever's day has come", () => {
  it("dies of age or of illness, by day or by night, and does nothing after it", () => {
    mortal({ illness: 2, lifespan: 60 });
    const people = peopleWorld(pack, 0);
    people.passUntil(12 * DAY, H);
    const died = people.world.emitted(NpcDied);
    expect(died.length).toBeGreaterThan(2);
    for (const { event } of died) {
      expect([DeathCause.AGE, DeathCause.ILLNESS]).toContain(event.cause);
      for (const said of people.world.emitted(NpcActed))
        if (said.event.atGs > event.atGs) expect(said.event.npcId).not.toBe(event.npcId);
    }
    expect(new Set(died.map(({ event }) => event.atGs % DAY)).size).toBe(died.length);
    const { late } = people.world.state;
    expect([...late].map(([id]) => id)).toEqual(died.map(({ event }) => event.npcId).sort());
  });

  it("dies at the same moment in steps of ten minutes and of an hour", () => {
    mortal({ illness: 1, lifespan: 60 });
    const deaths = [600, H].map((stepS) => {
      const people = peopleWorld(pack, 0);
      people.passUntil(5 * DAY, stepS);
      return people.world.emitted(NpcDied).map(({ event }) => `${event.atGs} ${event.npcId} ${event.cause}`);
    });
    expect(deaths[0]!.length).toBeGreaterThan(0);
    expect(deaths[1]).toEqual(deaths[0]);
  });

  it("is nobody else for a person more", () => {
    mortal({ illness: 2, lifespan: 60 });
    // Those who would come after them.
    for (const one of pack.society?.species ?? []) delete one.family;
    const deaths = [
      pack,
      { ...pack, society: { ...pack.society!, persons: pack.society!.persons.slice(1) } },
    ].map((of) => {
      const people = peopleWorld(of, 0);
      people.passUntil(5 * DAY, H);
      return people.world
        .emitted(NpcDied)
        .map(({ event }) => `${event.atGs} ${event.npcId}`)
        .filter((died) => !died.endsWith(pack.society!.persons[0]!.id));
    });
    expect(deaths[0]!.length).toBeGreaterThan(0);
    expect(deaths[1]).toEqual(deaths[0]);
  });
});
