import fc from "fast-check";
import { testWorld } from "@orrery/simulation/testing";
import {
  AdvanceToRequest,
  AdvanceToResponse,
  CancelSkipRequest,
  CancelSkipResponse,
  Misfire,
  Phase,
  type Rule,
  ScheduleTimerRequest,
  ScheduleTimerResponse,
  SkipToRequest,
  SkipToResponse,
  TimerCancelled,
  TimerFired,
  TimerRequested,
} from "@orrery/schema/time/v1";
import type { InitOf } from "@orrery/wire";
import { describe, expect, it } from "vitest";
import { clock } from "./clock.ts";
import { skyFor } from "./sky.ts";
import { valleyCalendar } from "./testing.ts";

const [MINUTE, HOUR, DAY] = [60, 3_600, 86_400];
const START = 7 * HOUR;
const EPOCH_MS = 1_750_000_000_000;
type Given = Partial<Pick<Rule, "everyS" | "minutes" | "hours" | "days" | "weekdays" | "phases">>;

function valley() {
  const pack = { calendar: valleyCalendar() };
  const world = testWorld(
    clock,
    { worldId: "vale", seed: "s", epochMs: EPOCH_MS, rate: 60, pack },
    "time-manager",
  );
  return {
    ...world,
    play: (toGs: number) => world.run(AdvanceToRequest, AdvanceToResponse, { toGs }),
    skip: (toGs: number) =>
      world.run(SkipToRequest, SkipToResponse, { target: { case: "toGs", value: toGs } }),
    cancel: () => world.run(CancelSkipRequest, CancelSkipResponse, {}),
    /** What a timer said so far: its due instants, each with those it stands for. */
    fired: (timerId: string) =>
      world
        .emitted(TimerFired)
        .filter(({ event }) => event.timerId === timerId)
        .map(({ event: { dueGs, missed, atGs, final } }) => ({ dueGs, missed, atGs, final })),
  };
}

/** Every due instant of a rule up to `toGs`, looked for minute by minute. */
function duesOf(rule: Given, fromGs: number, toGs: number): number[] {
  const sky = skyFor(valleyCalendar());
  const { everyS = 0, minutes = [], hours = [], days = [], weekdays = [], phases = [] } = rule;
  const dues: number[] = [];
  if (everyS > 0) {
    for (let at = fromGs + everyS; at <= toGs; at += everyS) dues.push(at);
    return dues;
  }
  const among = (set: readonly number[], value: number) => set.length === 0 || set.includes(value);
  const bare = hours.length === 0 && minutes.length === 0;
  for (let at = fromGs; at <= toGs; at += MINUTE) {
    const { minute, hour, day, weekday, phase } = sky.instant(at, 0);
    if (!among(days, day) || !among(weekdays, weekday) || !among(phases, phase)) continue;
    const begins = phases.length > 0 ? sky.phases.at(at).startGs === at : hour === 0 && minute === 0;
    const fits = bare
      ? begins
      : among(hours, hour) && (minutes.length > 0 ? minutes.includes(minute) : minute === 0);
    if (fits) dues.push(at);
  }
  return dues;
}

const among = (least: number, most: number) =>
  fc.uniqueArray(fc.integer({ min: least, max: most }), { maxLength: 3 });
const anyRule: fc.Arbitrary<Given> = fc.oneof(
  fc.record({ everyS: fc.integer({ min: 300, max: 2 * DAY }) }),
  fc
    .record({
      minutes: among(0, 59),
      hours: among(0, 23),
      weekdays: among(1, 6),
      phases: among(Phase.DAWN, Phase.DEEP_NIGHT) as fc.Arbitrary<Phase[]>,
    })
    .filter((rule) => Object.values(rule).some((values) => values.length > 0)),
);

describe("a recurring timer", () => {
  it("fires at each due instant of its rule, once, however time is cut", () => {
    fc.assert(
      fc.property(anyRule, fc.array(fc.integer({ min: 1, max: DAY }), { maxLength: 8 }), (rule, steps) => {
        const toGs = START + 9 * DAY;
        const dues = duesOf(rule, START, toGs);
        fc.pre(dues.length > 0);
        const world = valley();
        world.tell(TimerRequested, { timerId: "t", revision: 1, rule }, { source: "quests" });
        let at = START;
        for (const step of steps) world.play((at = Math.min(toGs, at + step)));
        world.play(toGs);
        const fired = world.fired("t");
        expect(fired.map(({ dueGs }) => dueGs)).toEqual(dues);
        for (const { dueGs, atGs, missed } of fired) expect([atGs, missed]).toEqual([dueGs, 0]);
      }),
      { numRuns: 30 },
    );
  });

  it("keeps its misfire rule over a skip, also one that is cancelled, and goes on afterwards", () => {
    const skips = fc.record({
      rule: anyRule,
      misfire: fc.constantFrom(Misfire.UNSPECIFIED, Misfire.FIRE_ALL, Misfire.FIRE_ONCE, Misfire.SKIP),
      played: fc.integer({ min: 0, max: 4 * DAY }),
      cancelled: fc.boolean(),
    });
    fc.assert(
      fc.property(skips, ({ rule, misfire, played, cancelled }) => {
        fc.pre(duesOf(rule, START, START + 9 * DAY).length > 0);
        const world = valley();
        world.tell(TimerRequested, { timerId: "t", revision: 1, rule, misfire }, { source: "quests" });
        const skipTo = START + 4 * DAY;
        world.skip(skipTo);
        world.play(cancelled ? START + played : skipTo);
        if (cancelled) world.cancel();
        const endGs = world.state.root.cursorGs;
        const toGs = endGs + 3 * DAY;
        world.play(toGs);
        const dues = duesOf(rule, START, toGs);
        const atOnce = dues.filter((due) => due === START).map((dueGs) => ({ dueGs, missed: 0 }));
        const inside = dues.filter((due) => due > START && due <= endGs);
        const after = dues.filter((due) => due > endGs).map((dueGs) => ({ dueGs, missed: 0 }));
        const told =
          misfire === Misfire.SKIP
            ? []
            : misfire === Misfire.FIRE_ALL
              ? inside.map((dueGs) => ({ dueGs, missed: 0 }))
              : inside.slice(-1).map((dueGs) => ({ dueGs, missed: inside.length - 1 }));
        expect(world.fired("t").map(({ dueGs, missed }) => ({ dueGs, missed }))).toEqual([
          ...atOnce,
          ...told,
          ...after,
        ]);
      }),
      { numRuns: 80 },
    );
  });

  it("ends after its last firing, and after its last moment", () => {
    const world = valley();
    const every = (timerId: string, more: object) =>
      world.tell(
        TimerRequested,
        { timerId, revision: 1, rule: { everyS: HOUR }, ...more },
        { source: "quests" },
      );
    every("three", { firesLeft: 3 });
    every("until", { untilGs: START + 2 * HOUR });
    world.play(START + DAY);
    expect(world.fired("three").map(({ final }) => final)).toEqual([false, false, true]);
    expect(world.fired("until").map(({ dueGs }) => dueGs)).toEqual([START + HOUR, START + 2 * HOUR]);
    expect(world.state.root.timers).toEqual([]);
  });
});

describe("a timer", () => {
  it("is replaced by a higher revision only, and belongs to who asked", () => {
    const world = valley();
    const ask = (source: string, revision: number, dueGs: number) =>
      world.tell(TimerRequested, { timerId: "t", revision, dueGs }, { source });
    ask("quests", 2, START + 60);
    ask("quests", 1, START + 120);
    ask("quests", 2, START + 180);
    ask("stories", 1, START + 240);
    world.tell(TimerCancelled, { timerId: "t" }, { source: "strangers" });
    ask("quests", 3, START + 300);
    world.play(START + HOUR);
    const fired = world.emitted(TimerFired).map(({ event: { owner, dueGs } }) => [owner, dueGs - START]);
    expect(fired).toEqual([
      ["stories", 240],
      ["quests", 300],
    ]);
  });

  it("that was due before it was set fires at once, with its own instant", () => {
    const world = valley();
    world.play(START + DAY);
    world.tell(TimerRequested, { timerId: "late", revision: 1, dueGs: START + HOUR }, { source: "quests" });
    expect(world.fired("late")).toEqual([{ dueGs: START + HOUR, missed: 0, atGs: START + DAY, final: true }]);
  });

  it.each<[string, Omit<InitOf<typeof TimerRequested>, "$typeName">, RegExp]>([
    ["a fraction of a second", { dueGs: 0.5 }, /TIME_TIMER_INVALID/],
    ["an instant that no double counts", { dueGs: 1e300 }, /TIME_TIMER_INVALID/],
    ["neither instant nor rule", {}, /TIME_TIMER_INVALID/],
    [
      "a rule that never comes",
      { rule: { days: [30], weekdays: [1], months: [1], seasons: [4] } },
      /TIME_RULE_NEVER/,
    ],
    ["an hour beyond the day", { rule: { hours: [24] } }, /TIME_RULE_INVALID.*hours/],
    ["steps of less than a minute", { rule: { everyS: 59 } }, /TIME_RULE_INVALID.*every_s/],
  ])("with %s is refused", (_name, asked, code) => {
    const world = valley();
    const set = () =>
      world.run(ScheduleTimerRequest, ScheduleTimerResponse, {
        timer: { timerId: "t", revision: 1, ...asked },
      });
    expect(set).toThrow(code);
    expect(world.state.root.timers).toEqual([]);
  });
});
