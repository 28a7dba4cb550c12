import { AdjustReason, ClockAdjusted, ClockMode, TimerFired } from "@orrery/schema/time/v1";
import type { Part } from "@orrery/service";
import { clock } from "./clock.ts";
import { type Dial, dialMs } from "./reading.ts";

const TYPES = [ClockAdjusted.typeName, TimerFired.typeName];
const MODES = {
  running: ClockMode.RUNNING,
  paused: ClockMode.PAUSED,
  skipping: ClockMode.SKIPPING,
  catching_up: ClockMode.CATCHING_UP,
} as const;

/** What operators see of the clocks: how each runs, who holds it, what its timers did, and what it slept through. */
export const figures: Part<void> = {
  name: "figures",
  publishes: [],
  subscribes: TYPES,
  async start(kit) {
    const { gauge, counter } = kit.metrics;
    const world = ["world"] as const;
    const rate = gauge("orrery_clock_rate", "Game seconds per real second", world);
    const holds = gauge("orrery_clock_holds", "The clock runs only while there are none", world);
    const mode = gauge("orrery_clock_mode", "1: the clock is in this mode", ["world", "mode"]);
    const frozen = counter(
      "orrery_clock_frozen_seconds_total",
      "Real time in which a clock stood for want of a process",
      world,
    );
    const caughtUp = counter(
      "orrery_clock_caught_up_game_seconds_total",
      "Game time that was caught up with",
      world,
    );
    const dropped = counter(
      "orrery_clock_dropped_game_seconds_total",
      "Game time beyond what a world may catch up with",
      world,
    );
    const fired = counter("orrery_timers_fired_total", "Firings of timers", ["owner"]);
    const missed = counter("orrery_timers_missed_total", "Due instants that a later firing stands for", [
      "owner",
    ]);
    const worlds = kit.part(clock);
    const shown = new Map<string, number>();
    /** Of each world what held before its last adjustment. */
    const before = new Map<string, Dial>();

    const stopWatching = worlds.onChange((name) => {
      const state = worlds.state(name).root;
      if (shown.get(name) === state.revision) return;
      shown.set(name, state.revision);
      const { anchorMs, anchorGs, carryS } = state;
      if (!before.has(name)) before.set(name, { anchorMs, anchorGs, carryS, rate: state.rate });
      rate(state.rate, { world: name });
      holds(Object.keys(state.holds).length, { world: name });
      for (const [word, value] of Object.entries(MODES))
        mode(value === state.mode ? 1 : 0, { world: name, mode: word });
    });

    const stopWaiting = worlds.onEnd((name) => {
      shown.delete(name);
      before.delete(name);
      for (const word of Object.keys(MODES)) mode(0, { world: name, mode: word });
    });

    function adjusted(name: string, now: ClockAdjusted): void {
      const last = before.get(name);
      before.set(name, now);
      if (now.reason === AdjustReason.FROZEN && last !== undefined)
        frozen(Math.max(0, now.anchorMs - dialMs(last, now.anchorGs)) / 1000, { world: name });
      if (now.reason !== AdjustReason.CATCH_UP_STARTED) return;
      caughtUp((now.skipToGs ?? now.anchorGs) - now.anchorGs, { world: name });
      dropped(now.droppedS, { world: name });
    }

    const subscription = kit.bus.subscribe({
      // Every copy hears all; only the one that is the writer has a state to tell of.
      id: `${kit.service}/figures-${kit.instance}`,
      types: TYPES,
      order: "none",
      from: "latest",
      ephemeral: true,
      handle(event) {
        if (!worlds.active) return;
        if (event.type === ClockAdjusted.typeName) {
          adjusted(event.world, event.decode(ClockAdjusted));
          return;
        }
        const { owner, missed: passedOver } = event.decode(TimerFired);
        fired(1, { owner });
        if (passedOver > 0) missed(passedOver, { owner });
      },
    });
    return {
      handle: undefined,
      async stop() {
        stopWatching();
        stopWaiting();
        await subscription.drain();
      },
    };
  },
};
