import { DecisionKind, type Lane } from "@orrery/schema/performance/v1";
import type { AutoState, Situation } from "../resolve/situation.ts";
import { KNOBS, lossOf, PRESET, turnDown, turnUp } from "./knobs.ts";
import { boundBy, type View } from "./view.ts";

/*
 * The slow loop. Down goes by the frame interval, which is what a player sees; up goes by how busy the lanes are, since
 * under vertical sync the interval never falls. It is told of windows, two at a time, and of a clock that runs evenly, and
 * asks nobody else. What it decided counts once it is committed: `slowFailed` forgets it otherwise.
 *
 * An overload begins above 1.15 x the target and is over below 1.10 x. Within one each step is judged after 20 s, and
 * undone where its lane gained less than 5 %; a knob that gained nothing is not tried again while the load is the same.
 * Under one load it changes at most 8 times, each step with its undoing counted in.
 */
export interface Slow {
  over: number;
  under: number;
  overloaded: boolean;
  /** Windows that counted since the last change; Infinity: there was none. */
  since: number;
  /** Of the last change; -Infinity: there was none. */
  changedMs: number;
  /** Nothing changes before. */
  quietUntilMs: number;
  dwellS: number;
  /** Changes under the present load. */
  changes: number;
  /** p95 of the bound lane when it had settled after the last change. */
  mark: number | undefined;
  offMark: number;
  useless: ReadonlySet<string>;
  /** A step down that is not judged yet. */
  step: Step | undefined;
  /** The last step up, while it may be undone. */
  up: (Step & { readonly atMs: number }) | undefined;
  gaveUp: boolean;
}

interface Step {
  readonly knob: string;
  readonly lane: Lane;
  /** p95 of the lane before, ms. */
  readonly p95: number;
  readonly before: AutoState;
}

export interface Move {
  readonly kind: DecisionKind;
  readonly knob: string;
  readonly lane: Lane;
  readonly ratio: number;
  /** Undefined: nothing changes by it. */
  readonly auto: AutoState | undefined;
  readonly why: string;
}

export interface Outcome {
  readonly move: Move | undefined;
  /** What a step came to: ms gained for each unit of visible loss. */
  readonly learned: { readonly knob: string; readonly ms: number } | undefined;
  /** What it rests on, ms. */
  readonly p95Ms: number;
  readonly targetMs: number;
}

const DOWN_AT = 1.15;
const DOWN_UNTIL = 1.1;
const DOWN_RUNS = 3;
const UP_AT = 0.7;
const UP_RUNS = 12;
const APART_MS = 20_000;
const JUDGED_WINDOWS = 4;
const SETTLED_WINDOWS = 6;
const UNDONE_MS = 300_000;
const DWELL_S = 60;
const DWELL_MOST_S = 1_800;
const GAIN_LEAST = 0.05;
const CHANGES_MOST = 8;
const LOAD_DIFFERS = 0.25;
const SCALE_NEAR = 0.01;

const NONE: ReadonlySet<string> = new Set();

export const newSlow = (quietUntilMs = Number.NEGATIVE_INFINITY): Slow => ({
  over: 0,
  under: 0,
  overloaded: false,
  since: Number.POSITIVE_INFINITY,
  changedMs: Number.NEGATIVE_INFINITY,
  quietUntilMs,
  dwellS: DWELL_S,
  changes: 0,
  mark: undefined,
  offMark: 0,
  useless: NONE,
  step: undefined,
  up: undefined,
  gaveUp: false,
});

/** What it decided did not come about: the clock of the last change stands, all else begins anew. */
export const slowFailed = (slow: Slow): Slow => ({
  ...newSlow(slow.changedMs + APART_MS),
  dwellS: slow.dwellS,
});

/** Something else changed what the client shows: what was to be judged cannot be any more. */
export function disturbed(slow: Slow, nowMs: number): void {
  slow.changedMs = nowMs;
  slow.since = 0;
  slow.step = undefined;
  slow.up = undefined;
  slow.mark = undefined;
  slow.offMark = 0;
}

/** Takes two more windows in. Changes `slow`. */
export function evaluate(slow: Slow, view: View, situation: Situation): Outcome {
  slow.since += 2;
  const bound = boundBy(view);
  noteLoad(slow, bound.p95);
  const isLate = view.down.p95 > (slow.overloaded ? DOWN_UNTIL : DOWN_AT) * view.targetMs;
  slow.over = isLate ? slow.over + 1 : 0;
  if (!isLate) slow.overloaded = false;
  const isEasy =
    view.up.windows >= SETTLED_WINDOWS &&
    view.up.laneP95.every((ms) => ms < UP_AT * view.targetMs) &&
    view.up.laneP99.every((ms) => ms < view.targetMs) &&
    view.down.p95 <= DOWN_AT * view.targetMs;
  slow.under = isEasy ? slow.under + 1 : 0;
  if (slow.up !== undefined && view.nowMs - slow.up.atMs > UNDONE_MS) {
    slow.up = undefined;
    slow.dwellS = DWELL_S;
  }
  const seen = { p95Ms: view.down.p95, targetMs: view.targetMs };
  const nothing: Outcome = { move: undefined, learned: undefined, ...seen };
  if (view.nowMs < slow.quietUntilMs || view.nowMs - slow.changedMs < APART_MS) return nothing;
  if (slow.step !== undefined) {
    if (slow.since < JUDGED_WINDOWS) return nothing;
    const { undo, learned } = judge(slow, slow.step, view);
    if (undo !== undefined) return { move: changed(slow, view, undo), learned, ...seen };
    return { move: down(slow, view, situation), learned, ...seen };
  }
  return { move: down(slow, view, situation) ?? up(slow, view, situation), learned: undefined, ...seen };
}

/** A load that differs by a quarter from what it was is another one: all knobs may be tried again. */
function noteLoad(slow: Slow, p95: number): void {
  if (slow.since < SETTLED_WINDOWS) return;
  slow.mark ??= p95;
  slow.offMark = Math.abs(p95 - slow.mark) > LOAD_DIFFERS * slow.mark ? slow.offMark + 1 : 0;
  if (slow.offMark < DOWN_RUNS) return;
  slow.mark = p95;
  slow.offMark = 0;
  slow.changes = 0;
  slow.gaveUp = false;
  slow.useless = NONE;
}

function changed(slow: Slow, { nowMs }: View, move: Move): Move {
  slow.since = 0;
  slow.changedMs = nowMs;
  slow.changes += 1;
  slow.mark = undefined;
  slow.offMark = 0;
  slow.under = 0;
  return move;
}

function judge(
  slow: Slow,
  step: Step,
  view: View,
): { readonly undo?: Move; readonly learned: Outcome["learned"] } {
  const { knob, lane, p95, before } = step;
  slow.step = undefined;
  const now = view.down.laneP95[lane - 1] ?? 0;
  const gain = p95 === 0 ? 0 : (p95 - now) / p95;
  const learned = { knob, ms: Math.max(0, p95 - now) / lossOf(knob) };
  if (gain >= GAIN_LEAST) return { learned };
  slow.useless = new Set([...slow.useless, knob]);
  const why = `${knob} gained ${percent(gain)} of ${p95.toFixed(2)} ms, less than 5 %`;
  return {
    undo: { kind: DecisionKind.UNDO, knob, lane, ratio: ratioOf(view, lane), auto: before, why },
    learned,
  };
}

function down(slow: Slow, view: View, situation: Situation): Move | undefined {
  if (slow.over < (slow.overloaded ? 1 : DOWN_RUNS)) return undefined;
  const { lane, ratio, p95 } = boundBy(view);
  // Where no lane is over its budget the interval is the display's, or a limit's: no knob would shorten it.
  if (ratio <= 1 && view.down.laneP95.every((ms) => ms <= view.targetMs)) return undefined;
  slow.overloaded = true;
  const late = `p95 ${view.down.p95.toFixed(2)} ms against ${view.targetMs.toFixed(2)} ms`;
  const { up: raised } = slow;
  if (raised !== undefined) {
    slow.up = undefined;
    slow.dwellS = Math.min(DWELL_MOST_S, 2 * slow.dwellS);
    const why = `${late} within 300 s of raising ${raised.knob}; the next wait is ${slow.dwellS} s`;
    const { knob, before: auto } = raised;
    return changed(slow, view, { kind: DecisionKind.UNDO, knob, lane, ratio, auto, why });
  }
  const found = slow.changes + 2 > CHANGES_MOST ? undefined : knobFor(slow, lane, view, situation);
  if (found === undefined) {
    if (slow.gaveUp) return undefined;
    slow.gaveUp = true;
    const why = `${late}: no knob is left that helps`;
    return { kind: DecisionKind.GIVE_UP, knob: "", lane, ratio, auto: undefined, why };
  }
  slow.step = { knob: found.knob, lane, p95, before: situation.auto };
  const move = { kind: DecisionKind.DOWN, ...found, lane, ratio, why: `${late}, bound by its lane` };
  return changed(slow, view, move);
}

/** Of what is known the most ms for the least loss, then the others in their order, then the preset. */
function knobFor(
  slow: Slow,
  lane: Lane,
  view: View,
  situation: Situation,
): { readonly knob: string; readonly auto: AutoState } | undefined {
  const own = KNOBS.filter(({ lanes }) => lanes.includes(lane)).map(({ name }) => name);
  const worth = (name: string) => view.learned(name) ?? Number.NaN;
  const least = GAIN_LEAST * 0.5 * view.targetMs;
  const known = own.filter((name) => worth(name) >= least).sort((a, b) => worth(b) - worth(a));
  const unknown = own.filter((name) => Number.isNaN(worth(name)));
  const poor = own.filter((name) => worth(name) < least);
  for (const knob of [...known, ...unknown, PRESET, ...poor]) {
    if (slow.useless.has(knob)) continue;
    const auto = turnDown(knob, situation);
    if (auto !== undefined && !isReached(knob, auto, view)) return { knob, auto };
  }
  return undefined;
}

/** The client's own loop has gone so far already: allowing it no more would gain nothing. */
const isReached = (knob: string, { caps }: AutoState, { scale }: View): boolean =>
  knob === "gpu.internal_scale" && scale > 0 && scale <= (caps.get("internalScale") ?? 0) + SCALE_NEAR;

function up(slow: Slow, view: View, situation: Situation): Move | undefined {
  if (slow.under < UP_RUNS || slow.since * view.windowMs < slow.dwellS * 1_000) return undefined;
  if (slow.changes + 2 > CHANGES_MOST) return undefined;
  const { lane, ratio, p95 } = boundBy(view);
  const found = turnUp(situation);
  if (found === undefined) return undefined;
  const { knob, auto } = found;
  slow.up = { knob, lane, p95, before: situation.auto, atMs: view.nowMs };
  const why = `for 120 s no lane was busy for 70 % of ${view.targetMs.toFixed(2)} ms`;
  return changed(slow, view, { kind: DecisionKind.UP, knob, lane, ratio, auto, why });
}

const ratioOf = (view: View, lane: Lane): number => (view.down.laneP95[lane - 1] ?? 0) / view.budgetMs(lane);
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** What it waits for, in words. */
export function waitsFor(slow: Slow, nowMs: number): string {
  if (nowMs < slow.quietUntilMs) return `begins in ${seconds(slow.quietUntilMs - nowMs)}`;
  if (slow.step !== undefined) return `looks at what ${slow.step.knob} gains, for 20 s`;
  if (nowMs - slow.changedMs < APART_MS) return `rests for ${seconds(APART_MS - (nowMs - slow.changedMs))}`;
  if (slow.gaveUp) return "no knob helps under this load; it looks again when the load is another";
  if (slow.changes + 2 > CHANGES_MOST)
    return `changed ${slow.changes} times under this load; it looks again when the load is another`;
  if (slow.overloaded || slow.over > 0) return `${slow.over} of ${DOWN_RUNS} looks were too slow`;
  if (slow.under > 0)
    return `${slow.under} of ${UP_RUNS} looks had room; waits at least ${slow.dwellS} s between steps up`;
  return "all is within bounds";
}

const seconds = (ms: number): string => `${Math.ceil(ms / 1_000)} s`;
