import { RouteHealth, RouteReason } from "@orrery/schema/router/v1";
import type { HealthReason, TargetHealth } from "@orrery/targets";

const HEALTH: Readonly<Record<TargetHealth, RouteHealth>> = {
  healthy: RouteHealth.HEALTHY,
  ramping: RouteHealth.RAMPING,
  ejected: RouteHealth.EJECTED,
  open: RouteHealth.OPEN,
  "half-open": RouteHealth.HALF_OPEN,
  draining: RouteHealth.DRAINING,
  gone: RouteHealth.GONE,
};
const REASON: Readonly<Record<HealthReason, RouteReason>> = {
  errors: RouteReason.ERRORS,
  slow: RouteReason.SLOW,
  outlier: RouteReason.OUTLIER,
  lease: RouteReason.LEASE,
  operator: RouteReason.OPERATOR,
};

export const toldHealth = (health: TargetHealth): RouteHealth => HEALTH[health];
export const toldReason = (reason: HealthReason): RouteReason => REASON[reason];
