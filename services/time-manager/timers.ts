import { create } from "@bufbuild/protobuf";
import {
  Misfire,
  type Timer,
  type TimerRequested,
  TimerSchema,
  type WorldClock,
} from "@orrery/schema/time/v1";
import { type EventId, OrreryError } from "@orrery/wire";
import { timeErrors } from "./errors.ts";
import { checkRule, nextDue } from "./rule.ts";
import type { Sky } from "./sky.ts";
import { createDueQueue, type DueQueue } from "./due-queue.ts";

export const TIMERS_A_WORLD = 200_000;
export const TIMERS_AN_OWNER = 20_000;
const ID_LENGTH = 96;
const PAYLOAD_BYTES = 1_024;

/** The timers of one clock, found by owner and id, by due instant, and counted by owner. */
export interface Timers {
  readonly size: number;
  get(owner: string, timerId: string): Timer | undefined;
  countOf(owner: string): number;
  put(timer: Timer): void;
  remove(owner: string, timerId: string): boolean;
  /** Due instant of the earliest; Infinity when there is none. */
  nextGs(): number;
  /** The earliest by (due, owner, id). */
  first(): Timer | undefined;
  /** After `next_due_gs` of a timer has changed. */
  moved(timer: Timer): void;
}

const nameOf = (owner: string, timerId: string) => `${owner}\u001f${timerId}`;

/** An index over the state's list, which stays what is stored. */
export function timersOf(list: Timer[]): Timers {
  const places = new Map<string, number>();
  const owners = new Map<string, number>();
  const count = (owner: string, by: number) => owners.set(owner, (owners.get(owner) ?? 0) + by);
  const queue: DueQueue<Timer> = createDueQueue(list, (a, b) => a.nextDueGs - b.nextDueGs || byName(a, b));
  for (const [place, timer] of list.entries()) {
    places.set(nameOf(timer.owner, timer.timerId), place);
    count(timer.owner, 1);
  }

  function remove(owner: string, timerId: string): boolean {
    const name = nameOf(owner, timerId);
    const place = places.get(name);
    if (place === undefined) return false;
    queue.remove(list[place] as Timer);
    const last = list.pop() as Timer;
    if (place < list.length) {
      list[place] = last;
      places.set(nameOf(last.owner, last.timerId), place);
    }
    places.delete(name);
    count(owner, -1);
    return true;
  }

  return {
    get size() {
      return list.length;
    },
    get: (owner, timerId) => list[places.get(nameOf(owner, timerId)) ?? -1],
    countOf: (owner) => owners.get(owner) ?? 0,
    put(timer) {
      remove(timer.owner, timer.timerId);
      places.set(nameOf(timer.owner, timer.timerId), list.length);
      list.push(timer);
      count(timer.owner, 1);
      queue.add(timer);
    },
    remove,
    nextGs: () => queue.first()?.nextDueGs ?? Number.POSITIVE_INFINITY,
    first: () => queue.first(),
    moved: (timer) => queue.moved(timer),
  };
}

function byName(a: Timer, b: Timer): number {
  return compare(a.owner, b.owner) || compare(a.timerId, b.timerId);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * Sets or replaces a timer.
 * @returns the timer, or the present one when the request's revision is not higher
 * @throws TIME_TIMER_INVALID, TIME_PAYLOAD_TOO_LARGE, TIME_TIMER_QUOTA, TIME_RULE_INVALID, TIME_RULE_NEVER
 */
export function schedule(
  timers: Timers,
  sky: Sky,
  nowGs: number,
  owner: string,
  asked: TimerRequested,
  cause: EventId | undefined,
): Timer {
  const { timerId, payload, rule } = asked;
  if (timerId.length < 1 || timerId.length > ID_LENGTH) {
    throw new OrreryError(timeErrors.TIME_TIMER_INVALID, { given: `an id of ${timerId.length} characters` });
  }
  if (payload.length > PAYLOAD_BYTES) {
    throw new OrreryError(timeErrors.TIME_PAYLOAD_TOO_LARGE, {
      given: `${timerId}: ${payload.length} bytes`,
    });
  }
  if (rule === undefined && (asked.dueGs === undefined || !Number.isSafeInteger(asked.dueGs))) {
    throw new OrreryError(timeErrors.TIME_TIMER_INVALID, {
      given: `${timerId}: no whole due_gs and no rule`,
    });
  }
  const present = timers.get(owner, timerId);
  if (present !== undefined && asked.revision <= present.revision) return present;
  if (present === undefined && (timers.size >= TIMERS_A_WORLD || timers.countOf(owner) >= TIMERS_AN_OWNER)) {
    throw new OrreryError(timeErrors.TIME_TIMER_QUOTA, {
      given: `${owner}: ${timers.countOf(owner)}, world: ${timers.size}`,
    });
  }
  const from = asked.dueGs ?? nowGs + (rule?.everyS ?? 0);
  if (rule !== undefined) checkRule(sky, rule);
  const nextDueGs = rule === undefined ? from : nextDue(sky, rule, from);
  const timer = create(TimerSchema, {
    owner,
    timerId,
    revision: asked.revision,
    nextDueGs,
    rule,
    misfire: asked.misfire,
    fires: present?.fires ?? 0,
    firesLeft: asked.firesLeft,
    untilGs: asked.untilGs,
    payload,
    causePublisher: cause?.publisher ?? "",
    causeSequence: cause?.sequence ?? 0,
    askedGs: nowGs,
  });
  timers.put(timer);
  return timer;
}

/** What one due instant of a timer comes to. */
export interface Firing {
  readonly timer: Timer;
  readonly dueGs: number;
  readonly missed: number;
  readonly final: boolean;
}

/**
 * Takes the earliest timer's due instant, moves it to its next one or removes it.
 * @param jumpTo end of the skip or catch-up that passes over it; undefined when time simply runs
 * @returns undefined when its misfire rule lets the due instant go by
 */
export function fireFirst(timers: Timers, sky: Sky, jumpTo: number | undefined): Firing | undefined {
  const timer = timers.first() as Timer;
  const dueGs = timer.nextDueGs;
  const { rule } = timer;
  if (rule === undefined) {
    timer.fires += 1;
    timers.remove(timer.owner, timer.timerId);
    return { timer, dueGs, missed: 0, final: true };
  }
  const nextGs = following(sky, timer, dueGs);
  if (jumpTo !== undefined && timer.misfire !== Misfire.FIRE_ALL) {
    if (timer.misfire === Misfire.SKIP) {
      move(timers, timer, nextGs);
      return undefined;
    }
    // One firing stands for them all, at the last of them: one by one, since the jump may be cancelled before it.
    if (nextGs !== undefined && nextGs <= jumpTo) {
      timer.missed += 1;
      timer.missedGs = dueGs;
      move(timers, timer, nextGs);
      return undefined;
    }
  }
  return fire(timers, timer, dueGs, timer.missed, nextGs);
}

/** A jump ends before the last due instant it was to come to: those passed over are told now, at the last of them. */
export function fireMissed(timers: Timers, list: readonly Timer[]): readonly Firing[] {
  return list
    .filter(({ missedGs }) => missedGs !== undefined)
    .sort((a, b) => (a.missedGs as number) - (b.missedGs as number) || byName(a, b))
    .map((timer) => fire(timers, timer, timer.missedGs as number, timer.missed - 1, timer.nextDueGs));
}

function fire(
  timers: Timers,
  timer: Timer,
  dueGs: number,
  missed: number,
  nextGs: number | undefined,
): Firing {
  timer.fires += 1;
  if (timer.firesLeft !== undefined) timer.firesLeft -= 1;
  timer.missed = 0;
  timer.missedGs = undefined;
  const final = nextGs === undefined || timer.firesLeft === 0;
  move(timers, timer, final ? undefined : nextGs);
  return { timer, dueGs, missed, final };
}

/** Moves timers with calendar rules to where a revised calendar has them next; one that it never has stays as it was dated. */
export function redate(timers: Timers, sky: Sky, list: readonly Timer[], fromGs: number): void {
  for (const timer of list) {
    const { rule } = timer;
    if (rule === undefined || rule.everyS > 0 || timer.nextDueGs <= fromGs) continue;
    try {
      checkRule(sky, rule);
      timer.nextDueGs = nextDue(sky, rule, fromGs);
      timers.moved(timer);
    } catch (error) {
      if (!(error instanceof OrreryError)) throw error;
    }
  }
}

function move(timers: Timers, timer: Timer, nextGs: number | undefined): void {
  if (nextGs === undefined) {
    timers.remove(timer.owner, timer.timerId);
    return;
  }
  timer.nextDueGs = nextGs;
  timers.moved(timer);
}

/** The due instant after `dueGs`; undefined after the last. */
function following(sky: Sky, timer: Timer, dueGs: number): number | undefined {
  const { rule } = timer;
  if (rule === undefined) return undefined;
  const next = rule.everyS > 0 ? dueGs + rule.everyS : nextDue(sky, rule, dueGs + 60);
  return timer.untilGs !== undefined && next > timer.untilGs ? undefined : next;
}

const indexes = new WeakMap<WorldClock, Timers>();

/** The index of a clock's timers, made when it is first asked for. */
export function timersIn(clock: WorldClock): Timers {
  let timers = indexes.get(clock);
  if (timers === undefined) {
    timers = timersOf(clock.timers);
    indexes.set(clock, timers);
  }
  return timers;
}
