import { SubjectErased } from "@orrery/schema/bus/v1";
import { HoldState, HourChanged, TimerCancelled } from "@orrery/schema/time/v1";
import { WorldArchived, WorldCreated } from "@orrery/schema/world/v1";
import { defineService, type KitTables } from "@orrery/service";
import { OrreryError, PLATFORM } from "@orrery/wire";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { defineAggregate } from "../define.ts";
import { simulationErrors } from "../errors.ts";
import { type TestServices, testServices } from "../test-services.ts";

/** Worlds that take nothing of the platform, and how they say so. */
let refusing: Map<string, () => never>;
/** Seeds of worlds that do not begin. */
let refusedSeeds: Set<string>;

/** Writes down what it heard, in order, and says so. */
const listener = defineAggregate({ state: { root: HoldState }, emits: [TimerCancelled] }, ({ on }) => ({
  create(_state, { seed }) {
    if (refusedSeeds.has(seed)) throw new OrreryError(simulationErrors.WORLD_STATE_BROKEN, { given: seed });
  },
  on: [
    on(SubjectErased, ({ root }, { subject, note }, ctx) => {
      refusing.get(ctx.world.id)?.();
      root.note += `${subject}:${note} `;
      ctx.emit(TimerCancelled, { timerId: `${subject}:${note}:${ctx.random.uniform()}` });
    }),
    on(HourChanged, ({ root }, { atGs }) => {
      root.note += `${atGs} `;
    }),
  ],
}));
const service = defineService({ id: "listener", summary: "Is tested.", aggregate: listener });
const SUBSCRIPTION = "listener/aggregate-0";

let services: TestServices;
beforeEach(async () => {
  refusing = new Map();
  refusedSeeds = new Set();
  services = await testServices([service]);
});
afterEach(() => services.stop());

const begin = (world: string) =>
  services.tell(world, "operator", WorldCreated, { worldId: world, seed: world });
const say = (subject: string, note: string, source = "event-bus") =>
  services.tell(PLATFORM, source, SubjectErased, { subject, note });
const hour = (world: string, atGs: number) => services.tell(world, "time-manager", HourChanged, { atGs });
const heard = (world: string) => services.state(listener, world).root.note.trim().split(" ");
const letters = async () =>
  (await Array.fromAsync(services.host.surroundings.bus.deadLetters(SUBSCRIPTION))).map(
    ({ world, sequence, generation }) => ({ world, sequence, generation }),
  );
const final = () => {
  throw new OrreryError(simulationErrors.WORLD_STATE_BROKEN, { given: "by its mood" });
};

describe("what the platform says", () => {
  it("is taken in by every world once, between what the world itself hears, and nothing waits", async () => {
    await begin("fen");
    await begin("vale");
    await hour("fen", 1);
    await say("ada", "1");
    await hour("vale", 2);
    await services.pass();
    expect(heard("fen")).toEqual(["1", "ada:1"]);
    expect(heard("vale").sort()).toEqual(["2", "ada:1"]);
    expect(services.said(TimerCancelled)).toHaveLength(2);
    for (const { frames, requeued } of await services.host.surroundings.bus.lag())
      expect(frames + requeued).toBe(0);
  });

  it("is neither lost nor taken twice over a kill, and keeps its draws", async () => {
    await begin("fen");
    await begin("vale");
    await say("ada", "1");
    await services.pass();
    const said = services.said(TimerCancelled).length;
    await services.restart({ killed: true });
    await say("ada", "2");
    await services.pass();
    for (const world of ["fen", "vale"]) expect(heard(world)).toEqual(["ada:1", "ada:2"]);
    expect(services.said(TimerCancelled)).toHaveLength(2 * said);
    // Each world draws for itself.
    expect(new Set(services.said(TimerCancelled).map(({ timerId }) => timerId)).size).toBe(2 * said);
  });

  it("is told to a world that begins later by its last word for each key, and only once", async () => {
    await begin("fen");
    for (const [subject, note] of [
      ["ada", "1"],
      ["bo", "1"],
      ["ada", "2"],
      ["constructor", "1"],
    ] as const)
      await say(subject, note);
    await services.pass();
    await begin("vale");
    await services.pass();
    expect(heard("vale")).toEqual(["bo:1", "ada:2", "constructor:1"]);
    await services.restart({ killed: true });
    await say("ada", "3");
    await services.pass();
    expect(heard("vale")).toEqual(["bo:1", "ada:2", "constructor:1", "ada:3"]);
    await begin("moor");
    await services.pass();
    expect(heard("moor")).toEqual(["bo:1", "constructor:1", "ada:3"]);
  });

  it("is heard where nobody has a world yet, and by those that come", async () => {
    await say("ada", "1");
    await services.pass();
    expect(await letters()).toEqual([]);
    await begin("vale");
    await services.pass();
    expect(heard("vale")).toEqual(["ada:1"]);
  });

  it("is refused by one world alone: the others have it, and a redrive brings it to that one", async () => {
    await begin("fen");
    await begin("vale");
    refusing.set("vale", final);
    await say("ada", "1");
    await services.pass();
    expect(heard("fen")).toEqual(["ada:1"]);
    expect(await letters()).toEqual([{ world: PLATFORM, sequence: 1, generation: 0 }]);
    refusing.clear();
    await say("ada", "2");
    await services.pass();
    await services.restart({ killed: true });
    const redrive = services.host.surroundings.bus.redrive(SUBSCRIPTION, {
      dryRun: false,
      ratePerS: 1_000,
    });
    let done = false;
    void redrive.finally(() => (done = true));
    while (!done) await services.clock.advance(100);
    await services.pass(2_000);
    expect(heard("vale")).toEqual(["ada:2", "ada:1"]);
    expect(heard("fen")).toEqual(["ada:1", "ada:2"]);
    expect(await letters()).toEqual([]);
  });

  it("that kills one world's handler at first is taken in there too, in the end", async () => {
    await begin("fen");
    await begin("vale");
    let deaths = 0;
    refusing.set("vale", () => {
      if (++deaths === 2) refusing.clear();
      throw new Error("a bug");
    });
    await say("ada", "1");
    await say("ada", "2");
    await services.pass(30_000);
    for (const world of ["fen", "vale"]) expect(heard(world)).toEqual(["ada:1", "ada:2"]);
    expect(await letters()).toEqual([]);
  });

  it("waits for a world that stands still, whose own events it comes behind", async () => {
    await begin("fen");
    refusedSeeds.add("vale");
    await begin("vale");
    await hour("vale", 1);
    await services.pass();
    await say("ada", "1");
    await say("ada", "2");
    await services.pass();
    expect(heard("fen")).toEqual(["ada:1", "ada:2"]);
    refusedSeeds.clear();
    await services.pass(60_000);
    expect(heard("vale").toSorted()).toEqual(["1", "ada:2"]);
    await services.restart({ killed: true });
    expect(heard("vale").toSorted()).toEqual(["1", "ada:2"]);
  });

  it("is nothing to a world that has ended", async () => {
    await begin("fen");
    await begin("vale");
    await services.tell("vale", "operator", WorldArchived, { worldId: "vale" });
    await services.pass();
    await say("ada", "1");
    await services.pass();
    expect(heard("fen")).toEqual(["ada:1"]);
    expect(await letters()).toEqual([]);
  });

  it("makes no world of its name, and ends none", async () => {
    await begin("fen");
    await begin(PLATFORM);
    await services.tell(PLATFORM, "operator", WorldArchived, { worldId: PLATFORM });
    await say("ada", "1");
    await services.pass();
    expect(services.host.running()[0]?.kit.part(listener).ids()).toEqual(["fen"]);
    expect(heard("fen")).toEqual(["ada:1"]);
  });

  it("is kept once for each key, however much was said", async () => {
    await begin("fen");
    for (let note = 0; note < 50; note++) await say(`player-${note % 3}`, String(note));
    await services.pass();
    const db = services.host.running()[0]?.kit.store.as<KitTables>();
    expect(await db?.selectFrom("platform_said").select("key").execute()).toHaveLength(3);
  });
});
