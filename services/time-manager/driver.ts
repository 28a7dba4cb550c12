import type { Part } from "@orrery/service";
import {
  AdvanceToRequest,
  AdvanceToResponse,
  ResumeRequest,
  ResumeResponse,
  type WorldClock,
} from "@orrery/schema/time/v1";
import { isRunning } from "./adjust.ts";
import { clock } from "./clock.ts";
import { nextEdgeGs } from "./edges.ts";
import { createPacing } from "./pacing.ts";
import { dialMs, gameGs } from "./reading.ts";
import { skyFor } from "./sky.ts";
import { timersIn } from "./timers.ts";
import { stepOf } from "./update-step.ts";

/** Later than this is an absence, not a delay. */
const ABSENCE_MS = 30_000;
/** A commit that takes longer than this makes the service not ready. */
const BLOCKED_MS = 10_000;
/** A running clock that says nothing for so many updates longer is not healthy. */
const SILENT_STEPS = 3;
/** What was stored may lie this far ahead; more means that the host's clock was set back since. */
const STEPPED_BACK_MS = 5_000;
/** After a turn that failed: the first pause, and the longest; each failure doubles it. */
const RETRY_MS = { first: 1_000, longest: 30_000 } as const;
/** Events of one commit inside a jump. */
const JUMP_EVENTS = 2_000;
/** A jump goes on by so much when its world has followed. */
const JUMP_STEP_GS = 3_600;
/** Worlds whose edges lie closer together than this are turned, and committed, together. */
const PACE_MS = 10;
/** Due at once, however often. */
const SKIPPING = 0;
/** The host's clock is looked at this often, so that it is seen when it was set back. */
const LONGEST_SLEEP_MS = 5_000;
/** A reason of its own: without one each waking makes an error with a stack. */
const WOKEN = "woken";
const LATENESS_BUCKETS_S = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1, 5];

/**
 * The hand that turns the clocks: sleeps to the next edge of any world, then tells that world how far time has
 * come. It decides nothing: what it does is recorded as commands, and a replay does without it.
 */
export const driver: Part<void> = {
  name: "driver",
  publishes: [],
  subscribes: [],
  async start(kit) {
    const worlds = kit.part(clock);
    const stopping = new AbortController();
    let waking = new AbortController();
    const due = new Map<string, number>();
    /** Worlds that are being turned, each since when. */
    const busy = new Map<string, number>();
    const lateness = kit.metrics.histogram(
      "orrery_edge_lateness_seconds",
      "How late edges are handed in",
      LATENESS_BUCKETS_S,
    );
    /** How often each world's turn has failed since it last went well, and why. */
    const failing = new Map<string, { times: number; why: string }>();
    const pacing = createPacing(kit, stopping.signal);
    /** Worlds in a jump that goes on once they have followed. */
    const followed = new Set<string>();
    const timers = kit.metrics.gauge("orrery_timers_pending", "Timers waiting", ["world"]);

    const stopWatching = worlds.onChange((world) => {
      const state = worlds.state(world).root;
      // What does not go well is tried again after its pause, however often others change it.
      if (!failing.has(world)) due.set(world, wakeMs(world, state));
      timers(timersIn(state).size, { world });
      waking.abort(WOKEN);
    });
    const stopWaiting = worlds.onEnd((world) => {
      due.delete(world);
      failing.delete(world);
      pacing.forget(world);
    });

    function wakeMs(world: string, state: WorldClock): number {
      return followed.has(world) && state.skip !== undefined ? Number.POSITIVE_INFINITY : nextWakeMs(state);
    }

    /** Those who hear this world's time take the hour in before the next one comes; unless the jump is ended meanwhile. */
    function letFollow(world: string): void {
      const job = () => (worlds.has(world) ? worlds.state(world).root.skip?.job : undefined);
      const jump = job();
      if (jump === undefined) return pacing.forget(world);
      followed.add(world);
      void pacing
        .followed(world, () => job() === jump)
        .catch((err: unknown) =>
          kit.log.error({ err, world }, "it cannot be told whether the world has followed"),
        )
        .finally(() => {
          followed.delete(world);
          if (job() !== jump) pacing.forget(world);
          if (worlds.has(world) && !busy.has(world) && !failing.has(world))
            due.set(world, nextWakeMs(worlds.state(world).root));
          waking.abort(WOKEN);
        });
    }

    async function turn(world: string): Promise<void> {
      const state = worlds.state(world).root;
      const now = kit.hostMs();
      const steppedBack = isSteppedBack(state, now);
      const by = { caller: kit.service };
      if (state.skip === undefined && !isRunning(state)) return;
      if (state.skip !== undefined) {
        const hourGs = (Math.floor(state.cursorGs / JUMP_STEP_GS) + 1) * JUMP_STEP_GS;
        const toGs = Math.min(state.skip.toGs, hourGs);
        await worlds.command(
          world,
          AdvanceToRequest,
          AdvanceToResponse,
          { toGs, maxEvents: JUMP_EVENTS },
          by,
        );
        if (worlds.has(world)) letFollow(world);
      } else if (steppedBack || now - dialMs(state, state.cursorGs) > absenceAfter(state)) {
        await worlds.command(world, ResumeRequest, ResumeResponse, { hostClockStepped: steppedBack }, by);
      } else {
        lateness(Math.max(0, now - (due.get(world) ?? now)) / 1000);
        await worlds.command(
          world,
          AdvanceToRequest,
          AdvanceToResponse,
          { toGs: reached(state, now), maxEvents: JUMP_EVENTS },
          by,
        );
      }
    }

    /** @returns whether any of them skips */
    function turnAll(): boolean {
      let skipping = false;
      const now = kit.hostMs();
      const held = new Set(worlds.active ? worlds.ids() : []);
      for (const [world, atMs] of due) {
        if (!held.has(world)) due.delete(world);
        else if (busy.has(world) || (atMs > now && !isSteppedBack(worlds.state(world).root, now))) continue;
        else {
          busy.set(world, kit.clock.now());
          skipping ||= atMs === SKIPPING;
          due.set(world, Number.POSITIVE_INFINITY);
          void turn(world)
            .then(
              () => void failing.delete(world),
              (error: unknown) => failed(world, error),
            )
            .finally(() => ended(world));
        }
      }
      return skipping;
    }

    function failed(world: string, error: unknown): void {
      const times = (failing.get(world)?.times ?? 0) + 1;
      const why = error instanceof Error ? error.message : String(error);
      failing.set(world, { times, why });
      if (times === 1) kit.log.error({ err: error, world }, "the clock could not be moved; trying again");
    }

    function ended(world: string): void {
      busy.delete(world);
      if (!worlds.active || !worlds.ids().includes(world)) due.delete(world);
      else {
        const { times } = failing.get(world) ?? { times: 0 };
        const pauseMs = Math.min(RETRY_MS.first * 2 ** (times - 1), RETRY_MS.longest);
        due.set(world, times > 0 ? kit.hostMs() + pauseMs : wakeMs(world, worlds.state(world).root));
      }
      waking.abort(WOKEN);
    }

    async function run(): Promise<void> {
      while (!stopping.signal.aborted) {
        waking = new AbortController();
        if (!turnAll()) await kit.clock.sleep(PACE_MS, stopping.signal);
        let next = Number.POSITIVE_INFINITY;
        for (const [world, atMs] of due) if (!busy.has(world)) next = Math.min(next, atMs);
        const wait = Math.min(next - kit.hostMs(), LONGEST_SLEEP_MS);
        if (wait > 0)
          await kit.clock.sleep(Math.ceil(wait), AbortSignal.any([waking.signal, stopping.signal]));
      }
    }
    const running = run();

    /** The world that has waited longest for a commit, and for how long, ms. */
    function longestTurn(): readonly [string, number] {
      const now = kit.clock.now();
      let longest: [string, number] = ["", 0];
      for (const [world, sinceMs] of busy) if (now - sinceMs > longest[1]) longest = [world, now - sinceMs];
      return longest;
    }

    kit.health.add({
      name: "commits",
      kind: "dependency",
      ask() {
        const [world, ms] = longestTurn();
        return ms <= BLOCKED_MS
          ? undefined
          : `${world}: what the clock says has waited ${Math.round(ms / 1000)} s for its commit`;
      },
    });
    kit.health.add({
      name: "turns",
      kind: "notice",
      ask() {
        const said = [...failing].map(([world, { times, why }]) => `${world}: ${why} (${times} times)`);
        return said.length === 0 ? undefined : `the clock cannot be moved of ${said.join(", ")}`;
      },
    });
    kit.health.add({ name: "jumps", kind: "notice", ask: () => pacing.problem() });
    kit.health.add({
      name: "clock",
      kind: "progress",
      ask() {
        const now = kit.hostMs();
        for (const world of worlds.active ? worlds.ids() : []) {
          const state = worlds.state(world).root;
          const silentMs = isRunning(state) ? now - dialMs(state, state.cursorGs) : 0;
          if (silentMs > BLOCKED_MS + stepMs(state) * SILENT_STEPS)
            return `${world}: the clock runs and has said nothing for ${Math.round(silentMs / 1000)} s`;
        }
        return undefined;
      },
    });

    return {
      handle: undefined,
      async stop() {
        stopping.abort();
        stopWatching();
        stopWaiting();
        await running;
      },
    };
  },
};

/** The last edge that was told lies ahead of the host's clock: that was set back, here or before this process began. */
function isSteppedBack(state: WorldClock, nowMs: number): boolean {
  return (
    isRunning(state) && nowMs < Math.max(state.anchorMs, dialMs(state, state.cursorGs)) - STEPPED_BACK_MS
  );
}

/** A step that takes longer than the absence limit by itself is no absence. */
function absenceAfter(state: WorldClock): number {
  return ABSENCE_MS + stepMs(state);
}

/** Real time between two updates. */
function stepMs(state: WorldClock): number {
  return (stepOf(state) * 1000) / state.rate;
}

/** How far time has come; an edge whose instant is here counts even where rounding puts it a hair ahead. */
function reached(state: WorldClock, nowMs: number): number {
  const edgeGs = nextWakeGs(state);
  return Math.max(
    state.cursorGs,
    gameGs(state, nowMs),
    dialMs(state, edgeGs) <= nowMs ? edgeGs : state.cursorGs,
  );
}

/** Unix ms of the next instant at which this world has something to say; Infinity while it stands still. */
function nextWakeMs(state: WorldClock): number {
  if (state.skip !== undefined) return SKIPPING;
  return isRunning(state) ? dialMs(state, nextWakeGs(state)) : Number.POSITIVE_INFINITY;
}

function nextWakeGs(state: WorldClock): number {
  const step = stepOf(state);
  const updateGs = (Math.floor(state.cursorGs / step) + 1) * step;
  const sky = skyFor(state.calendar);
  return Math.min(updateGs, nextEdgeGs(sky, state.cursorGs), timersIn(state).nextGs());
}
