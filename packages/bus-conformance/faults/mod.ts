import { killed } from "./f01-killed.ts";
import { blocked, stopped } from "./f02-stopped.ts";
import { restarted } from "./f04-restart.ts";
import { badNetwork } from "./f05-network.ts";
import { lostReplies } from "./f06-lost-replies.ts";
import { refusals } from "./f07-refusals.ts";
import { disorder } from "./f08-disorder.ts";
import { expired } from "./f09-expired.ts";
import { deleted } from "./f10-deleted.ts";
import { credentials } from "./f11-credentials.ts";
import { storage } from "./f12-storage.ts";
import { rolling } from "./f13-rolling.ts";
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
  refusals,
  disorder,
  expired,
  deleted,
  credentials,
  storage,
  rolling,
  unsettled,
];
