import { isOneOrigin } from "@orrery/npc-mind";
import {
  ActPhase,
  DeathCause,
  KillRequest,
  KillResponse,
  BlockedBy,
  GoalKind,
  type Mind,
  MemorySchema,
  MemorySource,
  NpcActed,
  NpcSpoke,
  RelationSchema,
} from "@orrery/schema/npc/v1";
import { create } from "@bufbuild/protobuf";
import {
  ActivityWhere,
  Need,
  type Pack,
  type Person,
  Predicate,
  type Role,
  RoutineDaySchema,
  RoutineSchema,
  ShortageDeclared,
  ShortageLevel,
  ShortageWhy,
  SlotSchema,
  ThingActed,
  Verb,
} from "@orrery/schema/world/v1";
import { beforeEach, describe, expect, it } from "vitest";
import { explain } from "../view.ts";
import { mend } from "./mend.ts";
import { obstacleIn } from "./words.ts";
import { hollowmere, peopleWorld } from "../valley.testing.ts";

const H = 3_600;
const DAY = 24 * H;
let pack: Pack;
beforeEach(async () => {
  pack = await hollowmere();
  // A household is enough, and the one who lives farther off.
  if (pack.society) pack.society.persons = pack.society.persons.filter(({ id }) => /-reed$/.test(id));
});
type Lived = ReturnType<typeof peopleWorld>;

const famine = ({ world, nowGs }: Lived, why: ShortageWhy, regionId = "region:mill-vale") =>
  world.tell(ShortageDeclared, {
    ...{ atGs: nowGs(), regionId, goodId: "good:grain", level: ShortageLevel.CRITICAL },
    ...{ staple: true, serves: Need.FOOD, why },
  });
const minds = ({ world }: Lived) => [...world.state.minds].map(([, mind]) => mind as Mind);
const fed = (lived: Lived) =>
  minds(lived).reduce((sum, { needs }) => sum + (needs[Need.FOOD - 1] ?? 0), 0) / minds(lived).length;
const steps = ({ world }: Lived, kind: GoalKind) =>
  world
    .emitted(NpcActed)
    .map(({ event }) => event)
    .filter(({ goal }) => goal === kind);
const goalsOf = (lived: Lived) => minds(lived).flatMap(({ goals }) => goals);

describe("a famine region beside a rich one", () => {
  it("sends its hungry to buy bread over the border, who eat it at home", () => {
    const [planned, unplanned] = [peopleWorld(pack), peopleWorld(withoutPlans(pack))];
    for (const lived of [planned, unplanned]) {
      famine(lived, ShortageWhy.SCARCITY);
      lived.passUntil(3 * DAY, 600);
    }
    const done = steps(planned, GoalKind.MEET).filter(({ phase }) => phase === ActPhase.COMPLETED);
    const [bought, eaten] = ["activity:buy-bread", "activity:eat-bread"].map((id) =>
      done.filter(({ activityId }) => activityId === id),
    );
    expect(bought!.length).toBeGreaterThan(0);
    for (const { regionId } of bought!) expect(regionId).not.toBe("region:mill-vale");
    for (const { regionId } of eaten!) expect(regionId).toBe("region:mill-vale");
    // A basket is four meals: more are eaten than are bought, and none that was not.
    expect(eaten!.length).toBeGreaterThan(bought!.length);
    expect(eaten!.length).toBeLessThanOrEqual(4 * bought!.length);
    expect(fed(planned)).toBeGreaterThan(fed(unplanned) + 0.05);
    expect(steps(unplanned, GoalKind.MEET)).toEqual([]);
  });

  it("lets nobody starve beside full barns but for want of money, which is then said", () => {
    const lived = peopleWorld(pack);
    famine(lived, ShortageWhy.MONEY);
    lived.passUntil(2 * DAY, 600);
    expect(steps(lived, GoalKind.MEET)).toEqual([]);
    const goals = goalsOf(lived);
    expect(goals.length).toBeGreaterThan(0);
    for (const { blockedBy, steps: plan } of goals) {
      expect(plan).toEqual([]);
      expect(blockedBy).toBe(BlockedBy.NO_MONEY);
    }
  });

  it("is of no use where all the others starve too, or behind a barred gate: each is said", () => {
    const all = peopleWorld(pack);
    for (const { id } of pack.land?.regions ?? []) famine(all, ShortageWhy.SCARCITY, id);
    all.passUntil(DAY + 20 * H, 600);
    const blocks = new Set(goalsOf(all).map(({ blockedBy }) => blockedBy));
    expect([...blocks]).toEqual([BlockedBy.NO_STOCK]);

    const barred = peopleWorld(pack);
    for (const { id: roadId, regionIds } of pack.land?.roads ?? [])
      for (let n = 1; n < regionIds.length; n++)
        barred.world.tell(ThingActed, {
          ...{ atGs: 0, thingId: `thing:gate-${roadId}-${n}`, verb: Verb.BAR, routeId: `${roadId}/${n}` },
        });
    famine(barred, ShortageWhy.SCARCITY);
    barred.passUntil(DAY + 20 * H, 600);
    expect(steps(barred, GoalKind.MEET).filter(({ regionId }) => regionId !== "region:mill-vale")).toEqual(
      [],
    );
    expect(new Set(goalsOf(barred).map(({ blockedBy }) => blockedBy))).toEqual(
      new Set([BlockedBy.NO_ROUTE, BlockedBy.NO_WAY]),
    );
  });

  it("is thought of again an hour after no way was known, and when it is over nobody goes on about it", () => {
    const lived = peopleWorld(pack);
    famine(lived, ShortageWhy.MONEY);
    lived.passUntil(DAY + 20 * H, 600);
    const waiting = goalsOf(lived);
    for (const { waitsUntilGs } of waiting) expect(waitsUntilGs).toBeLessThanOrEqual(lived.nowGs() + H);
    lived.world.tell(ShortageDeclared, {
      ...{ atGs: lived.nowGs(), regionId: "region:mill-vale", goodId: "good:grain" },
      ...{ level: ShortageLevel.EASED, staple: true, serves: Need.FOOD, why: ShortageWhy.MONEY },
    });
    lived.passUntil(3 * DAY + 12 * H, 600);
    expect(goalsOf(lived)).toEqual([]);
    expect(fed(lived)).toBeGreaterThan(0.4);
  });

  it("says nothing of a barred way where three plans came to nothing and none was sought since", () => {
    const lived = peopleWorld(pack);
    famine(lived, ShortageWhy.SCARCITY);
    let id = "";
    for (let gs = 0; id === "" && gs < 3 * DAY; gs += 600) {
      lived.passUntil(gs, 600);
      id = minds(lived).find(({ goals }) => (goals[0]?.steps.length ?? 0) > 0)?.npcId ?? "";
    }
    const mind = lived.world.state.minds.edit(id);
    Object.assign(mind.goals[0]!, { steps: [], tries: 3, triedGs: lived.nowGs(), waitsUntilGs: 0 });
    mend(
      { ...lived.world, mind, nowGs: lived.nowGs(), standing: lived.world.derived } as never,
      mind.goals[0]!,
    );
    expect(mind.goals[0]).toMatchObject({ steps: [], blockedBy: BlockedBy.UNSPECIFIED });
    expect(obstacleIn(mind.goals[0]!)).toMatch(/three ways came to nothing/);
  });

  it("starves nobody's plan by a shower: what was broken off is taken up again", () => {
    const lived = peopleWorld(pack);
    famine(lived, ShortageWhy.SCARCITY);
    let [id, gs] = ["", 0];
    for (; id === "" && gs < 3 * DAY; gs += 600) {
      lived.passUntil(gs, 600);
      id = minds(lived).find(({ doing, journey }) => journey !== undefined && doing?.goal)?.npcId ?? "";
    }
    expect(id).not.toBe("");
    const mind = lived.world.state.minds.edit(id);
    const before = mind.goals[0]?.steps.map(({ activityId }) => activityId);
    // Startled on the way, they do something else first.
    delete mind.journey;
    delete mind.doing;
    mind.dueGs = lived.nowGs() + 1;
    lived.world.derived.due.push(mind.dueGs, id);
    lived.passUntil(lived.nowGs() + 60, 60);
    expect(lived.world.state.minds.get(id)?.goals[0]?.steps.map(({ activityId }) => activityId)).toEqual(
      before,
    );
    lived.passUntil(lived.nowGs() + DAY, 600);
    expect(
      steps(lived, GoalKind.MEET).some(({ npcId, phase }) => npcId === id && phase === ActPhase.COMPLETED),
    ).toBe(true);
  });
});

describe("news that somebody should hear", () => {
  /** Two who live apart, one of whom knows something. */
  function apart(change: (friend: Person) => void = () => {}) {
    const [first, friend] = (pack.society?.persons ?? []).toSorted(
      (one, other) => other.ageYears - one.ageYears,
    );
    if (first === undefined || friend === undefined) throw new Error("nobody lives there");
    Object.assign(friend, { homePlaceId: "place:old-mill", workPlaceId: "" });
    change(friend);
    const [teller, listener] = [first.id, friend.id];
    const lived = peopleWorld(pack, 9 * H);
    const mind = lived.world.state.minds.edit(teller);
    mind.relations = [create(RelationSchema, { toId: listener, affinity: 0.9, trust: 0.9, respect: 0.5 })];
    mind.memories = [news()];
    return { lived, teller, listener };
  }
  const news = (subject = "npc:constructor") =>
    create(MemorySchema, {
      ...{ fact: { subject, predicate: Predicate.DIED, place: "place:high-weir" } },
      ...{ atGs: 9 * H, valence: -1, importance: 1, confidence: 1, source: MemorySource.WITNESSED },
      ...{ originPublisher: "npc-behavior", originSequence: 7 },
    });
  const knows = ({ world }: Lived, id: string) =>
    world.state.minds
      .get(id)
      ?.memories.find((one) => isOneOrigin(one, { originPublisher: "npc-behavior", originSequence: 7 }));

  it("is brought to them, who then know it from whom it came", () => {
    const { lived, teller, listener } = apart();
    lived.passUntil(2 * DAY, 300);
    expect(knows(lived, listener)).toMatchObject({ tellerId: teller, hops: 1 });
    const [began] = steps(lived, GoalKind.TELL).filter(({ phase }) => phase === ActPhase.STARTED);
    expect(began).toMatchObject({ npcId: teller, activityId: "activity:call-on" });
    const said = lived.world.emitted(NpcSpoke).map(({ event }) => event);
    expect(said).toContainEqual(
      expect.objectContaining({
        npcId: teller,
        toId: listener,
        topic: expect.objectContaining({ predicate: Predicate.DIED }),
      }),
    );
    // Once is enough.
    lived.passUntil(4 * DAY, 300);
    const begins = steps(lived, GoalKind.TELL).filter(({ phase }) => phase === ActPhase.STARTED);
    expect(begins.filter(({ npcId }) => npcId === teller)).toHaveLength(1);
  });

  it("is not brought to whoever knows it by now, has died, or it is about", () => {
    const known = apart();
    known.lived.world.state.minds.edit(known.listener).memories = [news()];
    const dead = apart();
    dead.lived.world.run(KillRequest, KillResponse, {
      ...{ worldId: "vale", npcId: dead.listener, cause: DeathCause.ILLNESS, killerId: "" },
    });
    const about = apart();
    about.lived.world.state.minds.edit(about.teller).memories = [news(about.listener)];
    for (const { lived } of [known, dead, about]) {
      lived.passUntil(DAY, 600);
      const told = steps(lived, GoalKind.TELL).filter(({ phase }) => phase === ActPhase.STARTED);
      expect(told.filter(({ npcId }) => npcId === known.teller)).toEqual([]);
    }
  });

  it("waits an hour where nobody is to be found", () => {
    const { lived, teller, listener } = apart((friend) => {
      friend.roleId = "role:abroad";
      const [role] = pack.society?.roles ?? [];
      pack.society?.roles.push({ ...(role as Role), id: "role:abroad", routineId: "routine:abroad" });
      const slots = [create(SlotSchema, { activityId: "activity:market" })];
      const days = [create(RoutineDaySchema, { slots })];
      pack.society?.routines.push(create(RoutineSchema, { id: "routine:abroad", days }));
    });
    const seen = new Set<BlockedBy>();
    for (let gs = 9 * H; gs < 20 * H; gs += 300) {
      lived.passUntil(gs, 300);
      for (const { blockedBy, waitsUntilGs } of lived.world.state.minds.get(teller)?.goals ?? [])
        if (waitsUntilGs > lived.nowGs()) seen.add(blockedBy);
    }
    expect([...seen]).toEqual([BlockedBy.NOT_THERE]);
    expect(knows(lived, listener)).toBeUndefined();
  });

  it("is said in words by whoever asks what they have in mind", () => {
    const { lived, teller } = apart();
    lived.passUntil(9 * H + 1_200, 300);
    const mind = lived.world.state.minds.get(teller) as Mind;
    const { goals = [] } = explain(
      { state: lived.world.state, standing: lived.world.derived },
      mind,
      lived.nowGs(),
    );
    expect(goals[0]?.text).toMatch(/^to tell [\w ]+ Reed: "/);
    expect(goals[0]?.steps?.[0]).toMatch(/^brings somebody news at /);
  });
});

describe("however much happens", () => {
  it("nobody has more than ten goals, nor a plan of more than eight steps", () => {
    const [first, friend] = (pack.society?.persons ?? []).toSorted(
      (one, other) => other.ageYears - one.ageYears,
    );
    if (friend !== undefined) friend.homePlaceId = "place:old-mill";
    const lived = peopleWorld(pack);
    const id = first?.id ?? "";
    const mind = lived.world.state.minds.edit(id);
    mind.relations = [create(RelationSchema, { toId: friend?.id ?? "", affinity: 0.9, trust: 0.9 })];
    mind.memories = Array.from({ length: 40 }, (_, i) =>
      create(MemorySchema, {
        ...{
          fact: { subject: `npc:${i}`, predicate: Predicate.DIED },
          atGs: 0,
          valence: -1,
          importance: 0.7 + i / 400,
        },
        ...{ confidence: 1, source: MemorySource.WITNESSED, originPublisher: "p", originSequence: i },
      }),
    );
    lived.passUntil(6 * H, 600);
    const goals = lived.world.state.minds.get(id)?.goals ?? [];
    expect(goals).toHaveLength(10);
    // What weighs least is what was let go of.
    expect(Math.min(...goals.map(({ originSequence }) => originSequence))).toBe(30);
    for (const { steps: plan } of goals) expect(plan.length).toBeLessThanOrEqual(8);
  });
});

/** The same pack, whose people think of nothing beyond what serves them at once. */
function withoutPlans(of: Pack): Pack {
  const { society } = structuredClone(of);
  if (society === undefined) return of;
  society.activities = society.activities.filter(
    ({ planned, where }) => !planned && where !== ActivityWhere.SOMEONE,
  );
  for (const activity of society.activities) if (activity.id === "activity:eat-out") activity.serves = [];
  return { ...structuredClone(of), society };
}
