import { HoldState, HourChanged, TimerCancelled, TimerRequested } from "@orrery/schema/time/v1";
import { WorldCreated } from "@orrery/schema/world/v1";
import { defineService } from "@orrery/service";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { defineAggregate, definePlatformAggregate } from "./define.ts";
import { dueTimers, type Faults } from "./due.testing.ts";
import { type TestServices, testServices } from "./test-services.ts";
import { testPlatform, testWorld } from "./testing.ts";

const ask = (dueGs: number, timerId = `at ${dueGs}`) => ({ timerId, dueGs });
const ids = (told: readonly { readonly timerId: string }[]) => told.map(({ timerId }) => timerId);

describe("what is derived, in a test of one world", () => {
  it("is there from the world's creation on, and what handlers make of it, in whichever order they came to it", () => {
    const world = testWorld(dueTimers(), { worldId: "w" });
    for (const dueGs of [9, 2, 7, 5, 1]) world.run(TimerRequested, HoldState, ask(dueGs));
    world.tell(HourChanged, { atGs: 5 });
    expect(ids(world.emitted(TimerCancelled).map(({ event }) => event))).toEqual([
      "at 1",
      "at 2",
      "at 5",
      "first",
    ]);
    expect(world.derived.entries.map(([, id]) => id)).toEqual(["at 7", "at 9"]);
  });

  it("turns the test red at the first input that forgets it", () => {
    const world = testWorld(dueTimers({ forgets: true }), { worldId: "w" });
    expect(() => world.run(TimerRequested, HoldState, ask(9))).toThrow(
      /after time\.v1\.TimerRequested, ctx\.derived of .* is not what derive makes of the state/,
    );
  });

  it("must be as it was when an input is refused", () => {
    const world = testWorld(dueTimers({ refuses: true }), { worldId: "w" });
    expect(() => world.run(TimerRequested, HoldState, ask(9))).toThrow(/which was refused, ctx\.derived/);
  });

  it("is compared by what is in it where it does not say how: the order of keys means nothing", () => {
    const indexed = (forgets: boolean) =>
      defineAggregate(
        {
          state: { root: HoldState, tables: { holds: HoldState } },
          derive: ({ holds }) => new Map([...holds].map(([id, { note }]) => [note, id] as const)),
          emits: [],
        },
        ({ command }) => ({
          create: () => undefined,
          commands: [
            command(TimerRequested, HoldState, ({ holds }, { timerId }, { derived }) => {
              holds.add(timerId, {
                $typeName: "time.v1.HoldState",
                by: "",
                sinceMs: 0,
                note: `of ${timerId}`,
              });
              if (!forgets || timerId !== "constructor") derived.set(`of ${timerId}`, timerId);
              return { note: derived.get("of b") ?? "" };
            }),
          ],
        }),
      );
    const world = testWorld(indexed(false), { worldId: "w" });
    for (const id of ["b", "constructor", "a"])
      expect(world.run(TimerRequested, HoldState, ask(1, id)).note).toBe("b");
    const forgetful = testWorld(indexed(true), { worldId: "w" });
    forgetful.run(TimerRequested, HoldState, ask(1, "b"));
    expect(() => forgetful.run(TimerRequested, HoldState, ask(1, "constructor"))).toThrow(/ctx\.derived/);
  });

  it("is the platform's too, and says when it wants its next tick", () => {
    const platform = testPlatform(
      definePlatformAggregate(
        { state: { root: HoldState }, derive: ({ root }) => ({ dueMs: root.sinceMs }), emits: [] },
        () => ({
          create: ({ root }) => void (root.sinceMs = 1_800_000_000_000),
          ticks: {
            dueMs: (_, { dueMs }) => dueMs,
            tick({ root }, { timeMs, derived }) {
              root.sinceMs = timeMs + 1_000;
              derived.dueMs = root.sinceMs;
            },
          },
        }),
      ),
    );
    expect(platform.tick()).toBe(1_800_000_000_000);
    expect(platform.tick()).toBe(1_800_000_001_000);
  });
});

describe("what is derived, in a service", () => {
  let faults: Faults;
  let timers: ReturnType<typeof dueTimers>;
  let services: TestServices;
  beforeEach(async () => {
    faults = {};
    timers = dueTimers(faults);
    const keeper = defineService({ id: "timer-keeper", summary: "-", aggregate: timers });
    services = await testServices([keeper]);
    await services.tell("vale", "operator", WorldCreated, { worldId: "vale", seed: "s" });
    await services.pass();
  });
  afterEach(() => services.stop());

  const worlds = () => services.host.running()[0]!.kit.part(timers);
  const open = () => worlds().derived("vale").entries.length;
  const said = () => ids(services.said(TimerCancelled));
  async function request(dueGs: number): Promise<void> {
    const asked = worlds().command("vale", TimerRequested, HoldState, ask(dueGs), { caller: "test" });
    await services.clock.advance(1_000);
    await asked;
  }
  async function hour(atGs: number): Promise<void> {
    await services.tell("vale", "time-manager", HourChanged, { atGs });
    await services.pass(3_000);
  }

  it.each([false, true])("is there again after a restart (killed: %s)", async (killed) => {
    for (const dueGs of [9, 2, 7]) await request(dueGs);
    await services.restart({ killed });
    expect(open()).toBe(4);
    await hour(5);
    await services.restart({ killed });
    expect(open()).toBe(2);
    await hour(9);
    expect(said()).toEqual(["at 2", "first", "at 7", "at 9"]);
  });

  it("is made anew where a handler died half way with it", async () => {
    for (const dueGs of [9, 2, 7]) await request(dueGs);
    faults.dies = true;
    await hour(7);
    expect(said()).toEqual(["at 2", "first", "at 7"]);
    await services.restart();
    faults.dies = true;
    await hour(9);
    expect(said()).toEqual(["at 2", "first", "at 7", "at 9"]);
    expect(open()).toBe(0);
  });

  it("answers questions to the shard", async () => {
    await request(9);
    const asked = worlds().gather("vale", HoldState, HoldState, {});
    await services.clock.advance(1_000);
    expect((await asked).map(({ note }) => note)).toEqual(["2"]);
  });

  it("is looked at whenever time passes: what is forgotten in a service fails its test", async () => {
    faults.forgets = true;
    await request(9);
    await expect(services.pass()).rejects.toThrow(/ctx\.derived of .* is not what derive makes/);
  });
});
