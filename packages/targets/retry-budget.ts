/** What one caller may ask again of one service: so that those who wait for it do not make it worse. */
export interface RetryBudget {
  /** A call is made that is no repeat: it earns a part of one. */
  earn(now: number): void;
  /** Takes one repeat, before its pause. @returns whether there was one */
  spend(now: number): boolean;
  /** How many are left. */
  left(now: number): number;
}

/** Of calls. */
const SHARE = 0.1;
/** Whatever is called. */
const A_SECOND = 3;
/** What is earned is good for so long. */
const GOOD_MS = 10_000;
const BUCKET_MS = 1_000;

export function createRetryBudget(): RetryBudget {
  let buckets: { at: number; calls: number; spent: number }[] = [];

  function current(now: number) {
    const at = Math.floor(now / BUCKET_MS);
    buckets = buckets.filter((one) => at - one.at < GOOD_MS / BUCKET_MS && one.at <= at);
    let last = buckets.at(-1);
    if (last?.at !== at) buckets.push((last = { at, calls: 0, spent: 0 }));
    return last;
  }

  function left(now: number): number {
    current(now);
    const sum = (of: "calls" | "spent") => buckets.reduce((all, bucket) => all + bucket[of], 0);
    return SHARE * sum("calls") + (A_SECOND * GOOD_MS) / 1_000 - sum("spent");
  }

  return {
    earn(now) {
      current(now).calls += 1;
    },
    spend(now) {
      if (left(now) < 1) return false;
      current(now).spent += 1;
      return true;
    },
    left,
  };
}
