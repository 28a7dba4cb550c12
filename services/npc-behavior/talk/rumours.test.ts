import { SubjectErased } from "@orrery/schema/bus/v1";
import {
  InteractKind,
  InteractRequest,
  InteractResponse,
  type Mind,
  NpcApproached,
} from "@orrery/schema/npc/v1";
import { PlayerMoved, Predicate } from "@orrery/schema/world/v1";
import { knownTo } from "@orrery/npc-mind";
import { beforeAll, describe, expect, it } from "vitest";
import { mistold } from "./mistold.ts";
import { beliefsOf, rumoursOf } from "./rumours.ts";
import { hollowmere, peopleWorld } from "../valley.testing.ts";

const H = 3_600;
const GUEST = "player:guest";
let lived: ReturnType<typeof peopleWorld>;
const around = () => ({ state: lived.world.state, standing: lived.world.derived }) as never;
const rumours = (about = GUEST) => rumoursOf(around(), about, 20);

beforeAll(async () => {
  const pack = await hollowmere();
  if (pack.society) pack.society.persons = pack.society.persons.slice(0, 80);
  lived = peopleWorld(pack, 9 * H);
  lived.passUntil(11 * H, 300);
  // A guest lends a hand to six, each where others see it.
  const aided = new Set<string>();
  for (const [placeId, ids] of lived.world.derived.present
    .listed()
    .toSorted(([, a], [, b]) => b.length - a.length)) {
    const npcId = [...ids].find(
      (id) => lived.world.state.minds.get(id)?.doing?.activityId !== "activity:sleep",
    );
    if (npcId === undefined || aided.size === 6) continue;
    aided.add(npcId);
    const told = { atGs: lived.nowGs(), playerId: GUEST, regionId: "", placeId, present: true };
    lived.world.tell(PlayerMoved, told);
    lived.world.run(InteractRequest, InteractResponse, {
      ...{ worldId: "vale", playerId: "guest", npcId, kind: InteractKind.HELP },
    });
  }
  lived.passUntil(35 * H, 300);
  lived.passUntil(60 * H, 300);
}, 120_000);

describe("what goes around about a guest", () => {
  it("is followed from mouth to mouth back to what they did", () => {
    const found = rumours();
    expect(found.length).toBeGreaterThanOrEqual(3);
    const origins = lived.world.emitted(NpcApproached).map(({ id }) => `${id.publisher} ${id.sequence}`);
    for (const { originPublisher, originSequence, steps, knownTo } of found) {
      expect(origins).toContain(`${originPublisher} ${originSequence}`);
      expect(steps).toHaveLength(knownTo ?? 0);
      const knowers = new Set(steps?.map(({ npcId }) => npcId));
      expect(knowers.size).toBe(knownTo);
      for (const { hops, tellerId } of steps ?? []) expect(hops === 0).toBe(tellerId === "");
    }
    const most = found[0]!;
    expect(Math.max(...most.steps!.map(({ hops }) => hops ?? 0))).toBeGreaterThan(0);
  });

  it("is told in more than one way by and by, and each way says by how many", () => {
    const versions = rumours("").flatMap((rumour) =>
      rumour.versions!.map(({ text, knownTo }) => ({ text, knownTo, rumour })),
    );
    for (const rumour of rumours(""))
      expect(rumour.versions!.reduce((sum, { knownTo = 0 }) => sum + knownTo, 0)).toBe(rumour.knownTo);
    expect(versions.length).toBeGreaterThan(rumours("").length);
    for (const { steps, text } of rumours("")) {
      for (const step of steps!) expect(step.changed === true).toBe(step.text !== text);
    }
  });

  it("comes to a belief, whose reasons lead back by the mouths they came through", () => {
    const believing = [...lived.world.state.minds].filter(([, { beliefs }]) =>
      beliefs.some(({ subject }) => subject === GUEST),
    );
    expect(believing.length).toBeGreaterThan(0);
    const [, mind] = believing[0]!;
    const [shown] = beliefsOf(around(), mind as Mind, GUEST);
    expect(shown?.belief).toMatchObject({ subject: GUEST, predicate: Predicate.AIDED });
    expect(shown?.belief?.value).toBeGreaterThan(0);
    for (const { chain } of shown!.reasons!) {
      expect(chain![0]?.npcId).toBe(mind.npcId);
      expect(chain!.map(({ hops }) => hops)).toEqual(chain!.map(({ hops }) => hops).sort((a, b) => b! - a!));
    }
  });

  it("goes before them: who has heard good of them likes them from the first word on", () => {
    const { minds } = lived.world.state;
    const isAwake = (id: string) => minds.get(id)?.doing?.activityId !== "activity:sleep";
    const strangers = [...minds].filter(
      ([id, { relations, placeId }]) =>
        placeId !== "" && isAwake(id) && !relations.some(({ toId }) => toId === GUEST),
    );
    const talkedTo = (knows: boolean) => {
      const [npcId, { placeId }] = strangers.find(
        ([, mind]) => knownTo(mind as Mind).some(({ fact }) => fact?.subject === GUEST) === knows,
      )!;
      lived.world.tell(PlayerMoved, {
        ...{ atGs: lived.nowGs(), playerId: GUEST, regionId: "", placeId, present: true },
      });
      lived.world.run(InteractRequest, InteractResponse, {
        ...{ worldId: "vale", playerId: "guest", npcId, kind: InteractKind.TALK },
      });
      return minds.get(npcId)!.relations.find(({ toId }) => toId === GUEST)!.affinity;
    };
    expect(talkedTo(true)).toBeGreaterThan(talkedTo(false) + 0.01);
  });

  it("is nothing once they are erased", () => {
    lived.world.tell(SubjectErased, { subject: "guest" });
    expect(rumours()).toEqual([]);
    const left = JSON.stringify([...lived.world.state.minds]);
    expect(left).not.toContain(GUEST);
  });
});

describe("what is told", () => {
  const fact = {
    subject: GUEST,
    predicate: Predicate.THREATENED,
    object: "npc:marta-crumb",
    place: "place:weighhouse",
  };
  const tell = (draws: readonly number[]) => {
    let at = 0;
    const random = { uniform: () => draws[at++] ?? 0, pick: <T>(all: readonly T[]) => all[0]! };
    return mistold(around(), fact as never, random as never);
  };
  it("stays what it is nine times in ten", () => {
    expect(tell([0.1])).toBeUndefined();
    expect(tell([0.99])).toBeUndefined();
  });
  it("becomes worse, or is of somebody else, and never of one who is in it already", () => {
    expect(tell([0.05, 0])).toMatchObject({ ...fact, predicate: Predicate.ATTACKED });
    const other = tell([0.05, 0.99]);
    expect(other).toMatchObject({ subject: GUEST, predicate: Predicate.THREATENED });
    expect(other?.object).toMatch(/^npc:/);
    expect(other?.object).not.toBe(fact.object);
  });
});
