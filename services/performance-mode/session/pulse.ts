import { type BudgetTree, Thermal, type Window } from "@orrery/schema/performance/v1";
import { laneMs, LANES } from "../budgets/tree.ts";
import { worstChild } from "../budgets/worst.ts";
import { evaluate, newSlow, type Outcome, type Slow } from "../control/slow.ts";
import { viewOf } from "../control/view.ts";
import type { Situation, Strain } from "../resolve/situation.ts";
import { isIdle, wrongWindow } from "../windows/check.ts";
import { type Edge, type LaneEdge, newEdge, passes } from "../windows/edges.ts";
import { HELD, Ring } from "../windows/ring.ts";

/** A missing window is waited for until so many newer ones are here. */
const GAP_WINDOWS = 3;
/** A device counts as cooler after so many windows in which it was. */
const COOL_WINDOWS = 12;
const EVERY_WINDOWS = 2;

/** What a session's client reports: in memory alone. */
export interface Pulse {
  /** The session as the client named it last. */
  from: string;
  /** Undefined: nothing was reported yet. */
  ring: Ring | undefined;
  /** The next window to be looked at, by number. */
  next: number;
  /** Windows that counted since the slow loop looked last. */
  gathered: number;
  slow: Slow;
  /** By lane; undefined: none was over its budget yet. */
  edges: readonly LaneEdge[] | undefined;
  /** Of windows that wait for one before them: the worst child of each lane, and the device's strain. */
  waiting: Map<number, Waiting> | undefined;
  strain: Strain;
  /** `internal_scale` of the last window. */
  scale: number;
  cooler: number;
  rejected: number;
}

interface Waiting {
  readonly scale: number;
  readonly worst: readonly string[];
  readonly strain: Strain;
}

/** @param quietUntilMs nothing changes before: by a clock that runs evenly */
export const newPulse = (strain: Strain, quietUntilMs?: number): Pulse => ({
  from: "",
  ring: undefined,
  next: 1,
  gathered: 0,
  slow: newSlow(quietUntilMs),
  edges: undefined,
  waiting: undefined,
  strain,
  scale: 0,
  cooler: 0,
  rejected: 0,
});

/** A client counts its windows from 1 again: those of before are no part of the count. */
export function startAnew(pulse: Pulse): void {
  Object.assign(pulse, { ring: undefined, next: 1, gathered: 0, waiting: undefined });
}

/** What it is held against. */
export interface Against {
  readonly nowMs: number;
  readonly hostMs: number;
  readonly tree: BudgetTree;
  readonly targetFps: number;
  /** Only of a profile that is auto. */
  readonly situation: () => Situation | undefined;
  readonly learned: (knob: string) => number | undefined;
}

export interface Taken {
  readonly accepted: number;
  readonly dropped: readonly string[];
  readonly edges: readonly Edge[];
  readonly outcomes: readonly Outcome[];
}

/**
 * Takes windows in, whichever way they come: they are looked at in the order of their numbers. Late ones and repeats
 * change nothing; one that cannot be believed has its place and counts for nothing.
 */
export function takeWindows(pulse: Pulse, seq: number, windows: readonly Window[], against: Against): Taken {
  const ring = (pulse.ring ??= new Ring());
  const dropped: string[] = [];
  let accepted = 0;
  windows.forEach((window, at) => {
    const number = seq + at;
    if (!ring.isNew(number)) return;
    const wrong = wrongWindow(window);
    if (wrong === undefined) accepted += 1;
    else {
      dropped.push(`window ${number}: ${wrong}`);
      pulse.rejected += 1;
    }
    const counts = wrong === undefined && !isIdle(window);
    ring.put(number, counts ? window : undefined);
    if (counts && number >= pulse.next) (pulse.waiting ??= new Map()).set(number, waitingOf(window, against));
  });
  return { accepted, dropped, ...look(pulse, ring, against) };
}

function waitingOf(window: Window, { tree, targetFps }: Against): Waiting {
  const worst = LANES.map((lane) =>
    worstChild(
      tree,
      lane,
      window.lanes.find((one) => one.lane === lane),
      targetFps,
    ),
  );
  const thermal = window.thermal === Thermal.UNSPECIFIED ? Thermal.NOMINAL : window.thermal;
  return { scale: window.internalScale, worst, strain: { thermal, onBattery: window.onBattery } };
}

/** Looks at all windows that are next, in order. */
function look(pulse: Pulse, ring: Ring, against: Against): Pick<Taken, "edges" | "outcomes"> {
  const edges: Edge[] = [];
  const outcomes: Outcome[] = [];
  pulse.next = Math.max(pulse.next, ring.highest - HELD + 1);
  while (pulse.next <= ring.highest && (ring.has(pulse.next) || ring.highest >= pulse.next + GAP_WINDOWS)) {
    const seq = pulse.next++;
    const own = pulse.waiting?.get(seq);
    pulse.waiting?.delete(seq);
    if (own === undefined || !ring.counts(seq)) continue;
    edges.push(...edgesAt(pulse, ring, seq, own.worst, against));
    feel(pulse, own.strain);
    pulse.scale = own.scale;
    if (++pulse.gathered < EVERY_WINDOWS) continue;
    pulse.gathered = 0;
    // What was decided and is not committed yet is waited for: one step at a time.
    const situation = against.situation();
    if (situation === undefined || outcomes.some(({ move }) => move !== undefined)) continue;
    const since = pulse.slow.since + EVERY_WINDOWS;
    outcomes.push(
      evaluate(pulse.slow, viewOf({ ring, upTo: seq, since, scale: pulse.scale, ...against }), situation),
    );
  }
  for (const seq of pulse.waiting?.keys() ?? []) if (seq < pulse.next) pulse.waiting?.delete(seq);
  if (pulse.waiting?.size === 0) pulse.waiting = undefined;
  return { edges, outcomes };
}

function edgesAt(
  pulse: Pulse,
  ring: Ring,
  seq: number,
  worst: readonly string[],
  { tree, targetFps, hostMs: nowMs }: Against,
): Edge[] {
  const times = LANES.map((lane) => [ring.laneP95(seq, lane), laneMs(tree, lane, targetFps)] as const);
  if (pulse.edges === undefined && times.every(([p95Ms, budgetMs]) => p95Ms <= budgetMs)) return [];
  const edges = (pulse.edges ??= LANES.map(newEdge));
  return LANES.flatMap((lane, at) => {
    const [p95Ms = 0, budgetMs = 0] = times[at] ?? [];
    const given = { p95Ms, budgetMs, worst: worst[at] ?? "", nowMs };
    return passes(edges[at] as LaneEdge, lane, given) ?? [];
  });
}

/** Heat counts at once, coolness after a minute of it. */
function feel(pulse: Pulse, now: Strain): void {
  const { thermal } = pulse.strain;
  pulse.cooler = now.thermal < thermal ? pulse.cooler + 1 : 0;
  const felt = now.thermal > thermal || pulse.cooler >= COOL_WINDOWS ? now.thermal : thermal;
  if (felt === now.thermal) pulse.cooler = 0;
  if (felt !== thermal || now.onBattery !== pulse.strain.onBattery)
    pulse.strain = { thermal: felt, onBattery: now.onBattery };
}
