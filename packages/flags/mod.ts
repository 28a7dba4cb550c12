export { BUCKETS, bucketInput, bucketOf } from "./bucket.ts";
export { type Context, contextFrom, contextOf, type Plain, plainOf } from "./context.ts";
export { cycleFrom } from "./cycles.ts";
export { evaluate, type Outcome } from "./evaluate.ts";
export { type Explained, explain } from "./explain.ts";
export { applied, type FlagSet, flagSetOf, NO_FLAGS } from "./flag-set.ts";
export { murmur3 } from "./murmur3.ts";
export { holds } from "./predicate.ts";
export { layOut, movedBuckets, variantAt } from "./ranges.ts";
