import { type CandidateInit, InstanceState, type ResolveHints } from "@orrery/schema/capability/v1";
import { OrreryError } from "@orrery/wire";
import { capabilityErrors } from "../errors.ts";
import type { Filter } from "../filter/filter.ts";
import type { Book } from "./book.ts";
import { costOf } from "./fields.ts";
import { conjuncts, type Match, matching } from "./match.ts";
import { rampOf, scoreOf, weightsOf } from "./score.ts";

type Hints = Pick<ResolveHints, "zone" | "latencyBudgetMs" | "maxCost">;

/**
 * The instances that a call may go to, best first.
 * @param matches who fits the filter
 * @param text of the filter, to say what excluded the last one
 * @throws CAPABILITY_NONE_MATCH
 */
export function resolve(
  book: Book,
  matches: readonly Match[],
  filter: Filter | undefined,
  text: string,
  hints: Hints,
  limit: number,
  now: number,
): CandidateInit[] {
  const chosen = callable(book, matches, now).filter((match) => isWithinHints(match, hints));
  if (chosen.length === 0) throw noneMatch(book, filter, text, hints, now);
  const scored = chosen.map((match) => {
    const { live, capability } = match;
    const { ewmaMs = 0, inFlight = 0, capacity = 0, errorRate = 0 } = live.load ?? {};
    const costMultiplier = capability === undefined ? 1 : costOf(capability);
    const isElsewhere = hints.zone !== "" && live.registration.zone !== hints.zone;
    const score = scoreOf({ ewmaMs, inFlight, capacity, errorRate, costMultiplier, isElsewhere });
    return { live, capability, score, ramp: rampOf(now - live.readySince) };
  });
  scored.sort((a, b) => a.score - b.score || (a.live.id < b.live.id ? -1 : 1));
  const best = scored.slice(0, limit);
  const weights = weightsOf(best);
  return best.map(({ live, capability, score }, at) => {
    const { serviceId, version, zone, endpoints } = live.registration;
    return {
      instanceId: live.id,
      serviceId,
      version,
      zone,
      endpoints,
      ...(capability && { capability }),
      score,
      weight: weights[at] ?? 0,
      state: live.state,
    };
  });
}

/** Ready ones before degraded ones; while the registry mistrusts itself, those that it still hears before all others. */
function callable({ leases }: Book, matches: readonly Match[], now: number): readonly Match[] {
  const inState = (state: InstanceState) => matches.filter(({ live }) => live.state === state);
  for (const some of [inState(InstanceState.READY), inState(InstanceState.DEGRADED)]) {
    const running = some.filter(({ live }) => leases.isRunning(live, now));
    if (running.length > 0) return running;
    const held = some.filter(({ live }) => leases.until(live) > now);
    if (held.length > 0) return held;
  }
  return [];
}

function isWithinHints({ live, capability }: Match, { latencyBudgetMs, maxCost }: Hints): boolean {
  const latencyMs = live.load?.ewmaMs || capability?.latencyMs || 0;
  const cost = capability === undefined ? 1 : costOf(capability);
  return (latencyBudgetMs === 0 || latencyMs <= latencyBudgetMs) && (maxCost === 0 || cost <= maxCost);
}

/** Says what excluded the last one: the conditions in their order, then state, latency and cost. */
function noneMatch(
  book: Book,
  filter: Filter | undefined,
  text: string,
  hints: Hints,
  now: number,
): OrreryError {
  const none = (given: string) => new OrreryError(capabilityErrors.CAPABILITY_NONE_MATCH, { given });
  const terms = conjuncts(filter);
  for (let count = 1; count <= terms.length; count++) {
    const term = terms[count - 1] as Filter;
    const first: Filter = { kind: "and", of: terms.slice(0, count), at: 0, end: term.end };
    if (matching(book, first)[Symbol.iterator]().next().done)
      return none(`column ${term.at + 1}: ${text.slice(term.at, term.end)}`);
  }
  const alive = [...matching(book, filter)];
  if (alive.length === 0) return none("no instance is alive");
  const ready = callable(book, alive, now);
  if (ready.length === 0) return none(`${alive.length} fit, and none is ready`);
  const isCheap = ready.some((match) => isWithinHints(match, { ...hints, latencyBudgetMs: 0 }));
  return none(isCheap ? `latency_budget_ms ${hints.latencyBudgetMs}` : `max_cost ${hints.maxCost}`);
}
