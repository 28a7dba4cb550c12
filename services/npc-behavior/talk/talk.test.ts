import { MemorySource, NpcSpoke, RelationBand, RelationshipChanged } from "@orrery/schema/npc/v1";
import {
  Need,
  type Pack,
  Predicate,
  RouteChanged,
  RouteWhy,
  ShortageDeclared,
  ShortageLevel,
  ShortageWhy,
  SpeechAct,
} from "@orrery/schema/world/v1";
import type { EventId } from "@orrery/wire";
import { beforeAll, describe, expect, it } from "vitest";
import { hollowmere, peopleWorld } from "../valley.testing.ts";

const H = 3_600;
const DAY = 24 * H;
let pack: Pack;
let lived: ReturnType<typeof peopleWorld>;
let origin: EventId;
/** How many know of it, hour by hour. */
const knew: number[] = [];

const knowing = () =>
  [...lived.world.state.minds].filter(([, { memories }]) =>
    memories.some(({ fact }) => fact?.object === "good:grain"),
  );

beforeAll(async () => {
  pack = await hollowmere();
  // A town is enough: who lives in its region, and some who do not.
  if (pack.society) pack.society.persons = pack.society.persons.slice(0, 120);
  lived = peopleWorld(pack, 0);
  lived.passUntil(10 * H, 300);
  origin = lived.world.tell(ShortageDeclared, {
    atGs: 10 * H,
    regionId: "region:market-vale",
    goodId: "good:grain",
    marketId: "region:market-vale/good:grain",
    level: ShortageLevel.SHORT,
    staple: true,
    serves: Need.FOOD,
    why: ShortageWhy.SCARCITY,
  });
  knew.push(knowing().length);
  for (let hour = 11; hour <= 58; hour++) {
    lived.passUntil(hour * H, 300);
    knew.push(knowing().length);
  }
}, 90_000);

describe("people who are together", () => {
  it("talk some times a day, a few lines each, where both are, three seconds apart", () => {
    const spoken = lived.world.emitted(NpcSpoke).map(({ event }) => event);
    const talks = Map.groupBy(spoken, ({ exchangeId }) => exchangeId);
    const aDay = talks.size / 120 / (58 / 24);
    expect(aDay).toBeGreaterThan(0.8);
    expect(aDay).toBeLessThan(6);
    for (const lines of talks.values()) {
      expect(lines.length).toBeLessThanOrEqual(6);
      expect(lines[0]?.act).toBe(SpeechAct.GREET);
      expect(new Set(lines.flatMap(({ npcId, toId }) => [npcId, toId])).size).toBe(2);
      expect(new Set(lines.map(({ placeId }) => placeId)).size).toBe(1);
      lines.forEach(({ atGs }, i) => expect(atGs).toBe((lines[0]?.atGs ?? 0) + 3 * i));
      for (const { text, lineKey } of lines) {
        expect(text).not.toMatch(/[{}]/);
        expect(lineKey).toMatch(/^line:/);
      }
    }
  });

  it("come to like each other, or not; told when it is noticeable", () => {
    const changes = lived.world.emitted(RelationshipChanged).map(({ event }) => event);
    expect(changes.length).toBeGreaterThan(0);
    for (const { bandBefore, bandAfter, scoreBefore, scoreAfter } of changes)
      expect(bandAfter !== bandBefore || Math.abs(scoreAfter - scoreBefore) >= 0.15 - 1e-6).toBe(true);
    for (const [id, { relations }] of lived.world.state.minds)
      for (const { toId, band, familiarity } of relations) {
        expect(toId).not.toBe(id);
        expect(band).toBeGreaterThan(RelationBand.UNSPECIFIED);
        expect(familiarity).toBeGreaterThan(0);
      }
  });

  it("think what they think by the talk: by its news, if there was any, else by its words", () => {
    const spoken = lived.world.emitted(NpcSpoke);
    const changes = lived.world.emitted(RelationshipChanged);
    expect(changes.length).toBeGreaterThan(0);
    for (const { event, cause } of changes) {
      const line = spoken.find(({ id }) => id.sequence === cause?.sequence)!.event;
      expect(new Set([line.npcId, line.toId])).toEqual(new Set([event.npcId, event.toId]));
      const talk = spoken.filter(({ event: { exchangeId } }) => exchangeId === line.exchangeId);
      expect(event.atGs).toBe(Math.max(...talk.map(({ event: { atGs } }) => atGs)));
      const hadNews = talk.some(({ event: { act } }) => act === SpeechAct.GOSSIP);
      expect(line.act === SpeechAct.GOSSIP).toBe(hadNews);
    }
  });
});

describe("a rumour", () => {
  it("begins with five who saw it, and goes from mouth to mouth: four times as many know in two days", () => {
    expect(knew[0]).toBe(5);
    expect(knew.at(-1)).toBeGreaterThanOrEqual(20);
    expect(knew.every((count, hour) => hour === 0 || count >= (knew[hour - 1] ?? 0))).toBe(true);
  });

  it("leads back by those who told it to the event that it came from", () => {
    const minds = lived.world.state.minds;
    const about = (id: string) => minds.get(id)?.memories.find(({ fact }) => fact?.object === "good:grain");
    let farthest = 0;
    for (const [id] of knowing()) {
      let [memory, steps] = [about(id)!, 0];
      expect([memory.originPublisher, memory.originSequence]).toEqual([origin.publisher, origin.sequence]);
      farthest = Math.max(farthest, memory.hops);
      while (memory.source === MemorySource.TOLD) {
        expect(memory.confidence).toBeLessThan(1);
        memory = about(memory.tellerId)!;
        steps += 1;
        expect(steps).toBeLessThanOrEqual(6);
      }
      expect(memory.hops).toBe(0);
      expect(about(id)?.hops).toBe(steps);
    }
    expect(farthest).toBeGreaterThan(1);
  });

  it("is told in words that name what it is about", () => {
    const gossip = lived.world.emitted(NpcSpoke).filter(({ event }) => event.act === SpeechAct.GOSSIP);
    expect(gossip.length).toBeGreaterThan(10);
    const goods = new Map(pack.economy?.goods.map(({ id, name }) => [id, name]));
    expect(gossip.filter(({ event }) => event.topic?.object === "good:grain").length).toBeGreaterThan(
      gossip.length / 2,
    );
    for (const { event, cause } of gossip) {
      const { topic, text } = event;
      expect(cause).toEqual(origin);
      expect(topic?.predicate).toBe(Predicate.SHORT_OF);
      // One telling in ten says another good than it was.
      expect(text).toContain(goods.get(topic?.object ?? "") ?? "nothing");
      expect(text).toMatch(/Market Vale/);
    }
  });
});

describe("news of roads", () => {
  it("is known on both sides, and gives way to what is newer", () => {
    const told = (open: boolean) =>
      lived.world.tell(RouteChanged, {
        atGs: lived.nowGs(),
        routeId: "place:road-low/3",
        roadId: "place:road-low",
        fromId: "region:market-vale",
        toId: "region:mereshore",
        open,
        why: open ? RouteWhy.UNSPECIFIED : RouteWhy.FLOOD,
      });
    const known = () =>
      [...lived.world.state.minds].flatMap(([, { memories }]) =>
        memories.filter(({ fact }) => fact?.subject === "place:road-low").map(({ fact }) => fact?.predicate),
      );
    told(false);
    expect(known().length).toBeGreaterThanOrEqual(5);
    expect(new Set(known())).toEqual(new Set([Predicate.CLOSED]));
    told(true);
    expect(known()).toContain(Predicate.OPEN_AGAIN);
  });
});

it("a pack without lines has people who say nothing, and yet hear of things", async () => {
  const mute = await hollowmere();
  if (mute.society) {
    mute.society.lines = [];
    mute.society.persons = mute.society.persons.slice(0, 40);
  }
  const silent = peopleWorld(mute, 0);
  silent.passUntil(DAY, 600);
  expect(silent.world.emitted(NpcSpoke)).toEqual([]);
  expect([...silent.world.state.minds].some(([, { relations }]) => relations.length > 0)).toBe(true);
});
