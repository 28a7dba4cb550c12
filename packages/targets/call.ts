import { OrreryError } from "@orrery/wire";
import type { Ending } from "./breaker.ts";
import { targetErrors } from "./errors.ts";
import type { Lease, Pool, Terms } from "./pool.ts";
import type { RetryBudget } from "./retry-budget.ts";
import type { TargetFacts } from "./target.ts";

/** What a call needs of its surroundings. */
export interface Surroundings {
  now(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** [0, 1) */
  random(): number;
}

/** How a failure counts, and whether it may be asked again elsewhere. */
export interface Verdict {
  readonly ending: Ending;
  readonly retryable: boolean;
  /** Nothing was begun there: another may be asked without a repeat being spent. */
  readonly untouched?: boolean;
  readonly retryAfterMs?: number;
}

export interface CallTerms extends Omit<Terms, "tried"> {
  /** From now on, ms. */
  readonly deadlineMs: number;
  /** It may be made twice: it changes nothing, or brings a key. */
  readonly repeatable: boolean;
  readonly signal?: AbortSignal;
}

const REPEATS = 2;
const [PAUSE_LEAST_MS, PAUSE_MOST_MS] = [25, 250] as const;
const ROOM_MS = 1_000;
/** What a hop costs: whoever is called has so much less. */
const HOP_MS = 5;

/**
 * Makes a call at one of a pool's targets, within its deadline; what fails there is asked of another one, twice at most, while the
 * budget lasts and when that does no harm.
 * @param act gets what time is left at the target, ms
 * @throws ROUTER_NO_TARGET, ROUTER_BREAKER_OPEN, ROUTER_DEADLINE, and what the last target said
 */
export async function callOne<F extends TargetFacts, T>(
  pool: Pool<F>,
  budget: RetryBudget,
  around: Surroundings,
  terms: CallTerms,
  act: (target: F, timeoutMs: number) => Promise<T>,
  judge: (error: unknown) => Verdict,
): Promise<T> {
  const untilMs = around.now() + terms.deadlineMs;
  const tried = new Set<string>();
  budget.earn(around.now());
  /** Of a try that may have done something: whoever asked must hear that, and not that there was no place for another. */
  let unsure: unknown;
  for (let repeats = 0; ; ) {
    const lease = await room(pool, around, { ...terms, tried }, untilMs).catch((error: unknown) => {
      throw unsure ?? error;
    });
    const leftMs = Math.floor(untilMs - around.now() - HOP_MS);
    if (leftMs <= 0) {
      lease.end("ignored", around.now());
      throw unsure ?? new OrreryError(targetErrors.ROUTER_DEADLINE, { given: `${terms.deadlineMs} ms` });
    }
    try {
      const answer = await act(lease.target, leftMs);
      lease.end("good", around.now());
      return answer;
    } catch (error) {
      const verdict = judge(error);
      lease.end(terms.signal?.aborted ? "ignored" : verdict.ending, around.now());
      tried.add(lease.target.id);
      if (terms.signal?.aborted || !verdict.retryable) throw error;
      const isLast = pool.targets().every(({ facts }) => tried.has(facts.id));
      if (verdict.untouched) {
        if (isLast) throw error;
        continue;
      }
      if (!terms.repeatable || repeats === REPEATS || isLast || !budget.spend(around.now())) throw error;
      unsure = error;
      repeats += 1;
      const pause = PAUSE_LEAST_MS + (PAUSE_MOST_MS - PAUSE_LEAST_MS) * around.random();
      const waitMs = Math.max(pause, verdict.retryAfterMs ?? 0);
      // What would come too late is not asked.
      if (around.now() + waitMs >= untilMs) throw error;
      await around.sleep(waitMs, terms.signal);
    }
  }
}

/** Where all are full a call waits a moment for its place. */
async function room<F extends TargetFacts>(
  pool: Pool<F>,
  around: Surroundings,
  terms: Terms & Pick<CallTerms, "signal">,
  untilMs: number,
): Promise<Lease<F>> {
  for (const last = Math.min(untilMs, around.now() + ROOM_MS); ; ) {
    try {
      return pool.take(around.now(), terms);
    } catch (error) {
      const { code, retryAfterMs } = error as OrreryError;
      const isFull = code === targetErrors.ROUTER_NO_TARGET.code && retryAfterMs !== undefined;
      if (!isFull || terms.signal?.aborted || around.now() + retryAfterMs >= last) throw error;
      await around.sleep(retryAfterMs, terms.signal);
    }
  }
}
