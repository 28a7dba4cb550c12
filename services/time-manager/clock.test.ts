import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { testWorld } from "@orrery/simulation/testing";
import {
  AdvanceToRequest,
  AdvanceToResponse,
  ClockAdjusted,
  DayActivated,
  DayChanged,
  HoldRequest,
  HoldResponse,
  HourChanged,
  NightActivated,
  PhaseChanged,
  ReleaseRequest,
  ReleaseResponse,
  SetRateRequest,
  SetRateResponse,
  SkipToRequest,
  SkipToResponse,
  TimerFired,
  TimerRequested,
  TimeUpdated,
} from "@orrery/schema/time/v1";
import { PackRevised } from "@orrery/schema/world/v1";
import { clock } from "./clock.ts";
import { gameGs } from "./reading.ts";
import { valleyCalendar } from "./testing.ts";

const DAY = 86_400;
const START = 7 * 3_600;
const EPOCH_MS = 1_750_000_000_000;

function valley() {
  return testWorld(
    clock,
    { worldId: "vale", seed: "s", epochMs: EPOCH_MS, rate: 60, pack: { calendar: valleyCalendar() } },
    "time-manager",
  );
}
function advance(world: ReturnType<typeof valley>, toGs: number) {
  return world.run(AdvanceToRequest, AdvanceToResponse, { toGs });
}

describe("a running clock", () => {
  it("says every edge of three days once and in order", () => {
    const world = valley();
    advance(world, START + 3 * DAY);
    expect(world.emitted(HourChanged)).toHaveLength(72);
    expect(world.emitted(PhaseChanged)).toHaveLength(24);
    expect(world.emitted(DayChanged)).toHaveLength(3);
    expect(world.emitted(DayActivated)).toHaveLength(3);
    expect(world.emitted(NightActivated)).toHaveLength(3);
    expect(world.emitted(TimeUpdated)).toHaveLength(3 * 1440);
    const hours = world.emitted(HourChanged).map(({ event }) => event.now?.hour);
    expect(hours.slice(0, 4)).toEqual([8, 9, 10, 11]);
    const phases = world.emitted(PhaseChanged).map(({ event }) => [event.from, event.to]);
    for (const [from, to] of phases) expect(to).toBe((from! % 8) + 1);
  });

  it("emits the same bytes however an interval is cut into steps", () => {
    const whole = valley();
    whole.forget();
    advance(whole, START + DAY);
    const texts = (world: ReturnType<typeof valley>) =>
      [HourChanged, PhaseChanged, TimeUpdated].map((codec) => JSON.stringify(world.emitted(codec)));
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: DAY - 1 }), { maxLength: 12 }), (cuts) => {
        const pieces = valley();
        pieces.forget();
        for (const cut of [...cuts].sort((a, b) => a - b)) advance(pieces, START + cut);
        advance(pieces, START + DAY);
        expect(texts(pieces)).toEqual(texts(whole));
      }),
      { numRuns: 20 },
    );
  });

  it("closes exactly the time that has passed", () => {
    const world = valley();
    advance(world, START + 12_345);
    const spans = world.emitted(TimeUpdated).reduce((sum, { event }) => sum + event.spanS, 0);
    expect(spans).toBe(Math.floor(12_345 / 60) * 60);
  });

  it("dates an edge by its computed real instant", () => {
    const world = valley();
    advance(world, START + 3_600);
    expect(world.emitted(HourChanged)[0]?.timeMs).toBe(EPOCH_MS + 60_000);
  });
});

describe("rate, holds and skips", () => {
  it("keeps the instant continuous over a change of rate", () => {
    const world = valley();
    const atMs = EPOCH_MS + 12_345.5;
    const before = gameGs(world.state.root, atMs);
    world.run(SetRateRequest, SetRateResponse, { rate: 61 }, { stampedMs: atMs });
    expect(gameGs(world.state.root, atMs)).toBe(before);
    expect(gameGs(world.state.root, atMs + 1000)).toBeGreaterThanOrEqual(before + 61);
  });

  it("runs only while nobody holds it", () => {
    const world = valley();
    const hold = (name: string, stampedMs: number) =>
      world.run(HoldRequest, HoldResponse, { name }, { stampedMs });
    const release = (name: string, stampedMs: number) =>
      world.run(ReleaseRequest, ReleaseResponse, { name }, { stampedMs });
    hold("a", EPOCH_MS + 10_000);
    hold("b", EPOCH_MS + 11_000);
    release("a", EPOCH_MS + 20_000);
    expect(world.emitted(ClockAdjusted).at(-1)?.event).toMatchObject({ paused: true, holds: ["b"] });
    release("b", EPOCH_MS + 30_000);
    expect(world.emitted(ClockAdjusted).at(-1)?.event).toMatchObject({
      paused: false,
      anchorGs: START + 600,
      anchorMs: EPOCH_MS + 30_000,
    });
  });

  it("refuses a rate that is out of range and stays as it was", () => {
    expect(() => valley().run(SetRateRequest, SetRateResponse, { rate: 0 })).toThrow(
      /TIME_RATE_OUT_OF_RANGE/,
    );
  });

  it("skips from between two updates of a faster rate", () => {
    const world = valley();
    world.run(SetRateRequest, SetRateResponse, { rate: 3_600 }, { stampedMs: EPOCH_MS });
    advance(world, START + 601);
    world.run(
      SkipToRequest,
      SkipToResponse,
      { target: { case: "toGs", value: START + DAY } },
      { stampedMs: EPOCH_MS + 300 },
    );
    advance(world, START + DAY);
    expect(world.state.root.cursorGs).toBe(START + DAY);
    const spans = world.emitted(TimeUpdated).reduce((sum, { event }) => sum + event.spanS, 0);
    expect(spans).toBe(DAY);
  });

  it("refuses a target that it has passed since it last said anything, and stays as it was", () => {
    const world = valley();
    advance(world, START + 60);
    // 40 game seconds further on, and nothing was due meanwhile.
    const stampedMs = EPOCH_MS + (100 / 60) * 1_000;
    const skip = (value: number) =>
      world.run(SkipToRequest, SkipToResponse, { target: { case: "toGs", value } }, { stampedMs });
    expect(() => skip(START + 80)).toThrow(/TIME_BACKWARD/);
    expect(world.state.root.skip).toBe(undefined);
    expect(skip(START + 120)).toMatchObject({ fromGs: START + 100, toGs: START + 120 });
  });

  it("skips to the next dawn and goes on from there", () => {
    const world = valley();
    const job = world.run(SkipToRequest, SkipToResponse, {
      target: { case: "rule", value: { phases: [1] } as never },
    });
    while (world.state.root.skip !== undefined)
      advance(world, Math.min(world.state.root.skip.toGs, world.state.root.cursorGs + DAY));
    expect(world.emitted(PhaseChanged).at(-1)?.event.to).toBe(1);
    expect(world.emitted(ClockAdjusted).at(-1)?.event).toMatchObject({ anchorGs: job.toGs, paused: false });
  });
});

describe("timers", () => {
  it("fires once at its instant, caused by who asked, over a hold", () => {
    const world = valley();
    const asked = world.tell(
      TimerRequested,
      { timerId: "deadline", revision: 1, dueGs: START + 90 },
      { source: "quest-system" },
    );
    advance(world, START + 89);
    expect(world.emitted(TimerFired)).toHaveLength(0);
    advance(world, START + 200);
    const [fired, ...more] = world.emitted(TimerFired);
    expect(more).toHaveLength(0);
    expect(fired).toMatchObject({
      cause: asked,
      event: { owner: "quest-system", dueGs: START + 90, final: true },
    });
  });

  it("stands for the dues that a skip passes over", () => {
    const world = valley();
    world.tell(
      TimerRequested,
      { timerId: "hourly", revision: 1, rule: { minutes: [30] } as never },
      { source: "a" },
    );
    world.run(SkipToRequest, SkipToResponse, { target: { case: "toGs", value: START + 6 * 3_600 } });
    advance(world, START + 6 * 3_600);
    expect(world.emitted(TimerFired).map(({ event }) => [event.dueGs, event.missed])).toEqual([
      [START + 5.5 * 3_600, 5],
    ]);
  });

  it("are dated anew when a revised calendar counts", () => {
    const world = valley();
    const rule = { months: [2], days: [1], hours: [12] } as never;
    world.tell(TimerRequested, { timerId: "feast", revision: 1, rule }, { source: "a" });
    expect(world.state.root.timers[0]?.nextDueGs).toBe(30 * DAY + DAY / 2);
    const calendar = valleyCalendar();
    calendar.months[0]!.days = 20;
    world.tell(PackRevised, { packId: "p", revision: 1, pack: { calendar } });
    advance(world, DAY + 60);
    expect(world.state.root.timers[0]?.nextDueGs).toBe(20 * DAY + DAY / 2);
  });

  it("refuses a payload that is too large", () => {
    expect(() =>
      valley().tell(TimerRequested, { timerId: "t", revision: 1, dueGs: 1e6, payload: new Uint8Array(1025) }),
    ).toThrow(/TIME_PAYLOAD_TOO_LARGE/);
  });
});

describe("a hold", () => {
  const hold = (world: ReturnType<typeof valley>, name: string) =>
    world.run(HoldRequest, HoldResponse, { name });

  it("ends a skip where it has come to, also under a name that holds already", () => {
    for (const before of [[], ["cli"]]) {
      const world = valley();
      for (const name of before) hold(world, name);
      world.run(SkipToRequest, SkipToResponse, { target: { case: "toGs", value: START + 30 * DAY } });
      world.run(AdvanceToRequest, AdvanceToResponse, { toGs: START + DAY + 90, maxEvents: 2_000 });
      const { skipEndedGs } = hold(world, "cli");
      expect(skipEndedGs).toBe(START + DAY + 120);
      expect([world.state.root.skip, world.state.root.cursorGs]).toEqual([undefined, START + DAY + 120]);
      expect(world.emitted(ClockAdjusted).at(-1)?.event).toMatchObject({ paused: true, holds: ["cli"] });
      expect(hold(world, "another").skipEndedGs).toBeUndefined();
    }
  });

  it("holds under whatever name it is given, and only that name releases it", () => {
    const world = valley();
    for (const name of ["constructor", "toString", "hasOwnProperty"]) hold(world, name);
    expect(world.emitted(ClockAdjusted).at(-1)?.event.holds).toEqual([
      "constructor",
      "hasOwnProperty",
      "toString",
    ]);
    expect(() => hold(world, "__proto__")).toThrow(/TIME_HOLD_INVALID/);
    world.run(ReleaseRequest, ReleaseResponse, { name: "valueOf" });
    for (const name of ["constructor", "toString"]) world.run(ReleaseRequest, ReleaseResponse, { name });
    expect(world.emitted(ClockAdjusted).at(-1)?.event).toMatchObject({
      paused: true,
      holds: ["hasOwnProperty"],
    });
  });
});
