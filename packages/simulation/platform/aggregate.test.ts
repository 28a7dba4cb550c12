import { SubjectErased } from "@orrery/schema/bus/v1";
import { HoldState, HourChanged, ResumeRequest, ResumeResponse } from "@orrery/schema/time/v1";
import { WorldCreated } from "@orrery/schema/world/v1";
import { defineService } from "@orrery/service";
import { PLATFORM } from "@orrery/wire";
import { afterEach, describe, expect, it } from "vitest";
import { defineAggregate, definePlatformAggregate } from "../define.ts";
import { testPlatform, testServices, type TestServices } from "../testing.ts";

const EVERY_MS = 60_000;
const MOST = 5;

/** Counts minutes up to five, and says each; a call makes it begin again. */
const minutes = definePlatformAggregate(
  { state: { root: HoldState }, emits: [SubjectErased] },
  ({ on, command }) => ({
    create({ root }, { timeMs }) {
      root.sinceMs = timeMs;
    },
    ticks: {
      dueMs: ({ root }) => (root.by.length < MOST ? root.sinceMs + EVERY_MS : undefined),
      tick({ root }, ctx) {
        root.sinceMs = ctx.timeMs;
        root.by += "|";
        ctx.emit(SubjectErased, { subject: root.by, note: String(ctx.random.uniform()) });
      },
    },
    on: [
      on(SubjectErased, ({ root }, { subject }) => {
        root.note += `${subject} `;
      }),
    ],
    commands: [
      command(ResumeRequest, ResumeResponse, ({ root }) => {
        root.by = "";
        return {};
      }),
    ],
  }),
);
/** A world that hears of them. */
const hearer = defineAggregate({ state: { root: HoldState }, emits: [] }, ({ on }) => ({
  create: () => undefined,
  on: [
    on(SubjectErased, ({ root }, { subject }) => {
      root.note += `${subject} `;
    }),
  ],
}));
const counting = defineService({ id: "minute-counter", summary: "Is tested.", aggregate: minutes });
const hearing = defineService({ id: "minute-hearer", summary: "Is tested.", aggregate: hearer });

describe("an aggregate of the platform, in a test", () => {
  it("begins by itself, and moves to the moments that it waits for", () => {
    const platform = testPlatform(minutes);
    const begunMs = platform.state.root.sinceMs;
    expect([platform.tick(), platform.tick()]).toEqual([begunMs + EVERY_MS, begunMs + 2 * EVERY_MS]);
    expect(platform.tick(begunMs + 10 * EVERY_MS)).toBe(begunMs + 10 * EVERY_MS);
    platform.tick();
    platform.tick();
    expect(platform.tick()).toBeUndefined();
    expect(platform.emitted(SubjectErased)).toHaveLength(MOST);
    platform.run(ResumeRequest, ResumeResponse, {});
    expect(platform.tick()).toBeDefined();
  });

  it("knows no game time: neither what it hears nor what it says may tell one", () => {
    const state = { root: HoldState };
    expect(() => definePlatformAggregate({ state, emits: [HourChanged] }, () => ({ create() {} }))).toThrow(
      /WORLD_PLATFORM_TIME.*time\.v1\.HourChanged/,
    );
    expect(() =>
      definePlatformAggregate({ state, emits: [] }, ({ on }) => ({
        create() {},
        on: [on(HourChanged, () => {})],
      })),
    ).toThrow(/WORLD_PLATFORM_TIME.*time\.v1\.HourChanged/);
  });
});

describe("an aggregate of the platform", () => {
  let services: TestServices;
  afterEach(() => services.stop());
  const platform = () => services.state(minutes, PLATFORM).root;
  const ids = () =>
    services.host
      .running()
      .map(({ kit, definition: { id } }) => kit.part(id === counting.id ? minutes : hearer).ids());

  it("is there before any world, has exactly one state, and its words reach every world", async () => {
    services = await testServices([counting, hearing]);
    await services.tell("fen", "operator", WorldCreated, { worldId: "fen", seed: "s" });
    await services.pass();
    expect(ids()).toEqual([[PLATFORM], ["fen"]]);
    await services.pass(2 * EVERY_MS + 1_000);
    expect(platform().by).toBe("||");
    expect(services.state(hearer, "fen").root.note).toBe("| || ");
    await services.tell("fen", "event-bus", SubjectErased, { subject: "ada" });
    await services.pass();
    // What one world says is that world's.
    expect(services.state(hearer, "fen").root.note).toBe("| || ada ");
    expect(platform().note).not.toContain("ada");
  });

  it.each([false, true])("goes on after a restart (killed: %s) where it stood", async (killed) => {
    services = await testServices([counting, hearing]);
    await services.pass(2 * EVERY_MS + 1_000);
    const { sinceMs } = platform();
    await services.restart({ killed });
    expect(platform()).toMatchObject({ by: "||", sinceMs });
    await services.pass(EVERY_MS);
    expect(platform().by).toBe("|||");
    await services.pass(10 * EVERY_MS);
    expect(platform().by).toBe("|".repeat(MOST));
    const said = services.said(SubjectErased);
    expect(said.map(({ subject }) => subject.length)).toEqual([1, 2, 3, 4, 5]);
    expect(new Set(said.map(({ note }) => note)).size).toBe(MOST);
  });

  it("catches up with one tick for the time in which nobody ran it", async () => {
    services = await testServices([counting]);
    await services.pass(EVERY_MS + 1_000);
    await services.host.stop();
    await services.clock.advance(10 * EVERY_MS);
    await services.restart();
    await services.pass(1_000);
    expect(platform().by).toBe("||");
  });

  it("that does not move at its tick says so in its health, and is not asked without a pause", async () => {
    let ticks = 0;
    const stuck = definePlatformAggregate({ state: { root: HoldState }, emits: [] }, () => ({
      create() {},
      ticks: { dueMs: () => 1, tick: () => void ticks++ },
    }));
    services = await testServices([defineService({ id: "stuck", summary: "Is tested.", aggregate: stuck })]);
    await services.clock.advance(10_000);
    expect(ticks).toBeLessThan(6);
    const report = await services.host.running()[0]?.health.report();
    expect(JSON.stringify(report)).toMatch(/the platform does not move: it waits for 1 again/);
  });
});
