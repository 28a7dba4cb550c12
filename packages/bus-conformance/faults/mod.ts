import { killed } from "./f01-killed.ts";
import { blocked, stopped } from "./f02-stopped.ts";
import { restarted } from "./f04-restart.ts";
import { badNetwork } from "./f05-network.ts";
import { lostReplies } from "./f06-lost-replies.ts";
import { unsettled } from "./f14-unsettled.ts";
import type { Fault } from "./fault.ts";

export type { Fault } from "./fault.ts";

/** In the order of conformance.md. */
export const FAULTS: readonly Fault[] = [
  killed,
  stopped,
  blocked,
  restarted,
  badNetwork,
  lostReplies,
  unsettled,
];
