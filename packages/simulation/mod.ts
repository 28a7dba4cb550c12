export type { About, Aggregate, Context } from "./aggregate.ts";
export { type AggregatePart, defineAggregate, type HandlerMakers } from "./define.ts";
export { type Attempt, effect } from "./effects/effect.ts";
export type { EffectTerms } from "./effects/terms.ts";
export { simulationErrors } from "./errors.ts";
export { createLease, type Lease } from "./lease.ts";
export { leading } from "./leading.ts";
export {
  type GroupCommit,
  groupCommit,
  type GroupJob,
  type GroupOutcome,
  type Outcome,
} from "./group-commit.ts";
export { type Emitted, type Stream, worldFrames } from "./world-frames.ts";
export { isContention, isStoreError } from "./store-errors.ts";
export { type Random, type Streams, streamsOf } from "./randomness.ts";
export { type Difference, inWords } from "./difference.ts";
export {
  type Recorded,
  type ReplaySource,
  type Replayed,
  replayShard,
  type ReplayVerdict,
  type Stretch,
} from "./replay.ts";
export { type Shard, openShard, newProgress, handlersOf } from "./shard.ts";
export { joinParts } from "./checkpoint.ts";
export { openPages, type OpenPage } from "./state/open.ts";
export { bytesOfState, digestOf } from "./state/whole.ts";
export { shardOf } from "./sharding/whom.ts";
export type { CommandTerms } from "./commands.ts";
export { order } from "./order.ts";
export type { Worlds } from "./worlds.ts";
