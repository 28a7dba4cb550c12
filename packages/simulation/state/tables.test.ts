import { create } from "@bufbuild/protobuf";
import {
  HoldState,
  HourChanged,
  type Timer,
  TimerCancelled,
  TimerRequested,
  TimerSchema,
  Timer as Timers,
} from "@orrery/schema/time/v1";
import { WorldCreated } from "@orrery/schema/world/v1";
import { defineService } from "@orrery/service";
import { afterEach, describe, expect, it } from "vitest";
import { defineAggregate } from "../define.ts";
import { type TestServices, testServices } from "../test-services.ts";
import { testWorld } from "../testing.ts";

/** Keeps who asked for what; each hour touches whom it may. */
const keeper = defineAggregate(
  { state: { root: HoldState, tables: { timers: Timers } }, emits: [TimerCancelled] },
  ({ on }) => ({
    create: () => undefined,
    on: [
      on(TimerRequested, ({ timers }, { timerId, revision }) => {
        if (timers.has(timerId)) timers.edit(timerId).revision = revision;
        else timers.add(timerId, create(TimerSchema, { timerId, revision }));
      }),
      on(TimerCancelled, ({ timers }, { timerId }) => void timers.remove(timerId)),
      on(HourChanged, ({ root, timers }, { atGs }, ctx) => {
        root.sinceMs = atGs;
        for (const [id, { fires, revision }] of timers)
          if (revision > 1) {
            timers.edit(id).fires = fires + 1;
            ctx.emit(TimerCancelled, { timerId: `${id} fired`, atGs });
          }
      }),
    ],
  }),
);
const service = defineService({ id: "timer-keeper", summary: "Keeps timers.", aggregate: keeper });

let services: TestServices | undefined;
afterEach(async () => {
  await services?.stop();
  services = undefined;
});

const shown = (table: Iterable<readonly [string, Pick<Timer, "fires" | "revision">]>) =>
  [...table].map(([id, { fires, revision }]) => `${id} ${revision}/${fires}`);

describe("tables of a state", () => {
  it.each([false, true])(
    "are there again after a restart, with all that changed (killed: %s)",
    async (killed) => {
      services = await testServices([service]);
      const tell = services.tell.bind(services, "vale", "game");
      await tell(WorldCreated, { worldId: "vale", seed: "s" });
      for (const timerId of ["b", "constructor", "a", ""])
        await tell(TimerRequested, { timerId, revision: 1, dueGs: 1, atGs: 0 });
      await tell(TimerRequested, { timerId: "a", revision: 2, dueGs: 1, atGs: 0 });
      await tell(TimerCancelled, { timerId: "b", atGs: 0 });
      await tell(HourChanged, { atGs: 3_600 });
      await services.pass();
      const before = shown(services.state(keeper, "vale").timers);
      expect(before).toEqual([" 1/0", "a 2/1", "constructor 1/0"]);
      await services.restart({ killed });
      expect(shown(services.state(keeper, "vale").timers)).toEqual(before);
      expect(services.state(keeper, "vale").root.sinceMs).toBe(3_600);
      await tell(HourChanged, { atGs: 7_200 });
      await services.pass();
      expect(shown(services.state(keeper, "vale").timers)).toEqual([" 1/0", "a 2/2", "constructor 1/0"]);
    },
  );

  it("that are no more of the definition are refused by name while they hold something", async () => {
    services = await testServices([service]);
    await services.tell("vale", "game", WorldCreated, { worldId: "vale", seed: "s" });
    await services.tell("vale", "game", TimerRequested, { timerId: "a", revision: 1, dueGs: 1, atGs: 0 });
    await services.pass();
    const without = defineAggregate({ state: { root: HoldState }, emits: [] }, () => ({
      create: () => undefined,
    }));
    await services.restart({
      services: [defineService({ id: "timer-keeper", summary: "-", aggregate: without })],
    });
    expect(JSON.stringify(services.host.running()[0]?.health.report())).toMatch(
      /WORLD_STATE_TYPE.*messages in a table timers/,
    );
  });
});

/** Does to a table what it must not. */
function wrong(how: (timers: any, kept: { held?: Timer }) => void) {
  const kept: { held?: Timer } = {};
  const aggregate = defineAggregate(
    { state: { root: HoldState, tables: { timers: Timers } }, emits: [] },
    ({ on }) => ({
      create({ timers }) {
        for (const timerId of ["a", "b"]) timers.add(timerId, create(TimerSchema, { timerId }));
      },
      on: [on(HourChanged, ({ timers }) => how(timers, kept) as undefined)],
    }),
  );
  return testWorld(aggregate, { worldId: "w" });
}

describe("a test", () => {
  it.each([
    ["changes what it only read", (timers: any) => void (timers.get("a").fires = 1)],
    ["changes what a walk gave it", (timers: any) => [...timers].forEach(([, one]) => void (one.fires += 1))],
    ["edits one and changes another", (timers: any) => (timers.edit("a"), void (timers.get("b").fires = 1))],
  ])("finds a handler that %s", (_how, how) => {
    expect(() => wrong(how).tell(HourChanged, { atGs: 1 })).toThrow(/changed timers "[ab]" without asking/);
  });

  it("finds a handler that goes on changing what an earlier input gave it", () => {
    const world = wrong((timers, kept) => {
      kept.held ??= timers.edit("a") as Timer;
      kept.held.fires += 1;
    });
    world.tell(HourChanged, { atGs: 1 });
    expect(() => world.tell(HourChanged, { atGs: 2 })).toThrow(/changed timers "a" without asking/);
  });

  it("finds a value that does not survive being written", () => {
    const world = wrong((timers) => void (timers.edit("a").unknown = timers));
    expect(() => world.tell(HourChanged, { atGs: 1 })).not.toThrow();
    const text = wrong((timers) => void (timers.edit("a").owner = "\ud800"));
    expect(() => text.tell(HourChanged, { atGs: 1 })).toThrow(/survive|WIRE_/);
  });

  it("finds an event that is refused after it had changed the state", () => {
    const world = wrong((timers) => {
      timers.edit("a").fires = 1;
      throw new Error("too late");
    });
    expect(() => world.tell(HourChanged, { atGs: 1 })).toThrow(/was refused after it had changed the state/);
  });

  it("passes what edits what it changes", () => {
    const world = wrong((timers) => {
      timers.edit("a").fires += 1;
      timers.remove("b");
    });
    world.tell(HourChanged, { atGs: 1 });
    expect(shown(world.state.timers)).toEqual(["a 0/1"]);
  });
});
