import { OrreryError } from "@orrery/wire";
import type { Ending } from "./breaker.ts";
import { targetErrors } from "./errors.ts";
import type { HealthChange, HealthReason, TargetHealth } from "./health.ts";
import { outliers } from "./outliers.ts";
import {
  breakerOf,
  costOf,
  count,
  createTarget,
  healthOf,
  LEAST_MS,
  reasonOf,
  type Target,
  type TargetFacts,
} from "./target.ts";

/** What a call is, as far as it matters where it goes. */
export interface Terms {
  /** Calls of one class have a breaker in common: of a service its methods that take alike. */
  readonly callClass: string;
  /** What such a call may take, ms; twice that is slow. */
  readonly budgetMs: number;
  /** Where the caller is; empty: anywhere. */
  readonly zone?: string;
  /** Those that it has been at. */
  readonly tried?: ReadonlySet<string>;
  /** Who has what the call is about, as far as is known: it goes there while it can. */
  readonly holder?: string | undefined;
}

/** A call that was given to a target. */
export interface Lease<F extends TargetFacts> {
  readonly target: F;
  readonly isProbe: boolean;
  /** Once: what it took counts. */
  end(ending: Ending, now: number): void;
}

/** Targets that do the same, and where the next call goes. Told the time with each call, it asks nobody. */
export interface Pool<F extends TargetFacts> {
  /** Which there are from now on: what is known of those that stay is kept. */
  set(all: readonly F[], now: number): void;
  drain(id: string, now: number): void;
  /** An operator lets one rest. */
  eject(id: string, now: number, forMs: number): void;
  /** An operator says that it is well: it gets its share by and by. */
  restore(id: string, now: number): void;
  /** @throws ROUTER_NO_TARGET, ROUTER_BREAKER_OPEN */
  take(now: number, terms: Terms): Lease<F>;
  /** Tells what has changed by time alone. */
  look(now: number): void;
  targets(): readonly Target<F>[];
}

/** When there may be room again where all are full. */
const FULL_MS = 10;
/** Than the median of a pool. */
const FAR_LONGER = 3;
const EJECT_MS = 30_000;
/** Who has done well for so long begins anew. */
const FORGIVEN_MS = 300_000;

/** @param random [0, 1) @param changed told of each change of a target's health, on its edges alone */
export function createPool<F extends TargetFacts>(
  random: () => number,
  changed: (change: HealthChange) => void = () => {},
): Pool<F> {
  const targets = new Map<string, Target<F>>();

  function tell(target: Target, to: TargetHealth, now: number, callClass: string, why: HealthReason): void {
    const from = target.told;
    if (from === to) return;
    target.told = to;
    const { calls, failures } = target.window.counts(now);
    const untils = [target.ejectedUntilMs, ...[...target.breakers.values()].map(({ until }) => until)];
    changed({
      ...{ targetId: target.facts.id, callClass, from, to, reason: reasonOf(to, why) },
      errorRate: calls === 0 ? 0 : failures / calls,
      inFlight: target.inFlight,
      untilMs: to === "ejected" || to === "open" ? Math.max(...untils) : 0,
    });
  }

  const lookAt = (target: Target, now: number, callClass = "", why: HealthReason = "errors") =>
    tell(target, healthOf(target, now), now, callClass, why);

  function rest(target: Target, now: number, forMs: number, why: HealthReason): void {
    target.ejectedUntilMs = now + forMs;
    target.rampFromMs = target.ejectedUntilMs;
    target.inARow = 0;
    target.window.clear();
    lookAt(target, now, "", why);
  }

  function ejectOutliers(now: number): void {
    const all = [...targets.values()].map((target) => ({
      ...{ id: target.facts.id, inARow: target.inARow, counts: target.window.counts(now) },
      isEjected: now < target.ejectedUntilMs,
    }));
    for (const id of outliers(all)) {
      const target = targets.get(id) as Target<F>;
      if (now - target.ejectedUntilMs > FORGIVEN_MS) target.ejections = 0;
      target.ejections += 1;
      rest(target, now, EJECT_MS * target.ejections, "outlier");
    }
  }

  /** Two of them at random, the cheaper one first. */
  function two(among: readonly Target<F>[], now: number, zone: string): readonly Target<F>[] {
    const pick = (from: readonly Target<F>[]) => from[Math.floor(random() * from.length)] as Target<F>;
    const one = pick(among);
    const others = among.filter((target) => target !== one);
    if (others.length === 0) return [one];
    const other = pick(others);
    return costOf(one, now, zone) <= costOf(other, now, zone) ? [one, other] : [other, one];
  }

  function lend(target: Target<F>, now: number, { callClass, budgetMs }: Terms): Lease<F> | undefined {
    const tellBreaker = (_: unknown, at: number, why: "errors" | "slow" | "good") =>
      lookAt(target, at, callClass, why === "good" ? "errors" : why);
    const permit = breakerOf(target, callClass, random, tellBreaker).admit(now, budgetMs);
    lookAt(target, now, callClass);
    if (permit === undefined) return undefined;
    target.inFlight += 1;
    let ended = false;
    return {
      target: target.facts,
      isProbe: permit.isProbe,
      end(ending, at) {
        if (ended) return;
        ended = true;
        count(target, ending, at, at - now);
        target.inFlight -= 1;
        permit.end(ending, at);
        if (ending === "failed") ejectOutliers(at);
        lookAt(target, at, callClass);
      },
    };
  }

  /** Without those that take far longer than their peers: what is known of them fades, so that one is tried again now and then. */
  function atPace(all: readonly Target<F>[], now: number): readonly Target<F>[] {
    const took = all.map(({ latency }) => latency.at(now)).sort((one, other) => one - other);
    const most = FAR_LONGER * ((took[(took.length - 1) >> 1] ?? 0) + LEAST_MS);
    return all.filter(({ latency }) => latency.at(now) <= most);
  }

  return {
    set(all, now) {
      const ids = new Set(all.map(({ id }) => id));
      for (const [id, target] of targets)
        if (!ids.has(id)) {
          targets.delete(id);
          tell(target, "gone", now, "", "lease");
        }
      for (const facts of all) {
        const known = targets.get(facts.id);
        if (known === undefined) targets.set(facts.id, createTarget(facts, now));
        else Object.assign(known, { facts, isDraining: false });
      }
    },
    drain(id, now) {
      const target = targets.get(id);
      if (target === undefined) return;
      target.isDraining = true;
      lookAt(target, now);
    },
    eject(id, now, forMs) {
      const target = targets.get(id);
      if (target !== undefined) rest(target, now, forMs, "operator");
    },
    restore(id, now) {
      const target = targets.get(id);
      if (target === undefined) return;
      Object.assign(target, { ejectedUntilMs: 0, ejections: 0, rampFromMs: now, isDraining: false });
      target.breakers.clear();
      lookAt(target, now, "", "operator");
    },
    take(now, terms) {
      const tried = terms.tried ?? new Set();
      const there = [...targets.values()].filter(
        (target) => !target.isDraining && !tried.has(target.facts.id),
      );
      const awake = there.filter((target) => now >= target.ejectedUntilMs);
      // Who was at one that does not hold what it asks for may ask one that rests: nobody else may have it.
      const able = awake.length === 0 && tried.size > 0 ? there : awake;
      const withRoom = able.filter((target) => target.inFlight < target.limit.limit);
      const here = withRoom.filter(({ goneUntilMs }) => now >= goneUntilMs);
      const free = atPace(here.length > 0 ? here : withRoom, now);
      const holder = free.find(({ facts }) => facts.id === terms.holder);
      for (let among = free; among.length > 0; ) {
        const isFirst = among === free;
        const pair = isFirst && holder !== undefined ? [holder] : two(among, now, terms.zone ?? "");
        for (const target of pair) {
          const lease = lend(target, now, terms);
          if (lease !== undefined) return lease;
        }
        among = among.filter((target) => !pair.includes(target));
      }
      const opens = free.flatMap((target) => target.breakers.get(terms.callClass)?.until ?? []);
      if (opens.length > 0 && free.length > 0)
        throw new OrreryError(targetErrors.ROUTER_BREAKER_OPEN, {
          given: terms.callClass,
          retryAfterMs: Math.max(1, Math.ceil(Math.min(...opens) - now)),
        });
      throw new OrreryError(targetErrors.ROUTER_NO_TARGET, {
        given: `${terms.callClass}: ${there.length} of ${targets.size} there, ${awake.length} not resting, ${free.length} not full`,
        ...(awake.length > free.length && { retryAfterMs: FULL_MS }),
      });
    },
    look(now) {
      for (const target of targets.values()) lookAt(target, now);
    },
    targets: () => [...targets.values()],
  };
}
