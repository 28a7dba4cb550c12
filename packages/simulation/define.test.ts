import { CodeAdopted, IntakeCommitted } from "@orrery/schema/bus/v1";
import { HoldState, HourChanged, TimerCancelled } from "@orrery/schema/time/v1";
import { WeatherChanged } from "@orrery/schema/weather/v1";
import type { Codec } from "@orrery/wire";
import { describe, expect, it } from "vitest";
import { defineAggregate } from "./define.ts";
import { testWorld } from "./testing.ts";

const facts = { state: { root: HoldState }, emits: [TimerCancelled] } as const;

describe("an aggregate", () => {
  it("with two handlers of one type is refused where it is defined", () => {
    const define = () =>
      defineAggregate(facts, ({ on }) => ({
        create: () => undefined,
        on: [on(HourChanged, () => {}), on(HourChanged, () => {})],
      }));
    expect(define).toThrow(/WORLD_HANDLER_TWICE.*time\.v1\.HourChanged/);
  });

  it("with two commands of one request is refused too", () => {
    const define = () =>
      defineAggregate(facts, ({ command }) => ({
        create: () => undefined,
        commands: [
          command(HourChanged, TimerCancelled, () => ({})),
          command(HourChanged, HoldState, () => ({})),
        ],
      }));
    expect(define).toThrow(/WORLD_HANDLER_TWICE/);
  });

  it("whose state would read back as another one is refused, with the fields by name", () => {
    const define = () =>
      defineAggregate({ state: { root: HoldState, tables: { skies: WeatherChanged } }, emits: [] }, () => ({
        create: () => undefined,
      }));
    expect(define).toThrow(/WORLD_STATE_FLOAT.*weather\.v1\.WeatherChanged\.temperature_c/);
  });

  it("that would emit what is no event is refused", () => {
    const define = () =>
      defineAggregate({ state: { root: HoldState }, emits: [HoldState] }, () => ({
        create: () => undefined,
      }));
    expect(define).toThrow(/WORLD_EMITS_NO_EVENT.*time\.v1\.HoldState/);
  });

  it("that would say in one breath what passes with game days and what is kept is refused", () => {
    const define = (emits: readonly Codec[]) =>
      defineAggregate({ state: { root: HoldState }, emits }, () => ({ create: () => undefined }));
    // One lane: days of the world beside real ones, beside for ever.
    expect(() => define([IntakeCommitted, CodeAdopted])).toThrow(
      /WORLD_LANE_MIXED.*IntakeCommitted passes and bus\.v1\.CodeAdopted is kept, both in lane bulk/,
    );
    expect(define([IntakeCommitted, HourChanged, TimerCancelled]).publishes).toHaveLength(3);
  });

  it("whose handler waits for something does not compile, and takes nothing in", () => {
    const waiting = defineAggregate(facts, ({ on, command }) => ({
      create: () => undefined,
      // @ts-expect-error a handler returns nothing
      on: [on(HourChanged, async () => {})],
      // @ts-expect-error a promise is no reply
      commands: [command(HourChanged, TimerCancelled, async () => ({}))],
    }));
    const world = testWorld(waiting, { worldId: "w" });
    expect(() => world.tell(HourChanged, { atGs: 1 })).toThrow(/returned a promise/);
    expect(() => world.run(HourChanged, TimerCancelled, { atGs: 1 })).toThrow(/returned a promise/);
    expect(world.emitted(TimerCancelled)).toEqual([]);
  });
});
