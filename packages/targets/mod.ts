export { type Breaker, type BreakerState, createBreaker, type Ending, type Permit } from "./breaker.ts";
export { callOne, type CallTerms, type Surroundings, type Verdict } from "./call.ts";
export { targetErrors } from "./errors.ts";
export type { HealthChange, HealthReason, TargetHealth } from "./health.ts";
export { createPool, type Lease, type Pool, type Terms } from "./pool.ts";
export { createRetryBudget, type RetryBudget } from "./retry-budget.ts";
export { healthOf, type Target, type TargetFacts } from "./target.ts";
