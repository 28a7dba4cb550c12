import { doublesHaveCause, noLoss, noPhantom } from "./i01-traffic.ts";
import { copies } from "./i04-copies.ts";
import { keyOrder } from "./i05-order.ts";
import { backoff } from "./i06-backoff.ts";
import { deadLetters, failClosed } from "./i07-dead-letters.ts";
import { redriving } from "./i08-redrive.ts";
import { leases } from "./i10-leases.ts";
import { permits } from "./i11-permits.ts";
import { slowConsumer } from "./i12-slow.ts";
import { draining } from "./i13-drain.ts";
import { sizes } from "./i14-sizes.ts";
import { damageFound } from "./i18-damage.ts";
import { largeCounters } from "./i26-large-counters.ts";
import type { Invariant } from "./invariant.ts";

export type { Invariant } from "./invariant.ts";

/** In the order of conformance.md. */
export const INVARIANTS: readonly Invariant[] = [
  noLoss,
  noPhantom,
  doublesHaveCause,
  copies,
  keyOrder,
  backoff,
  deadLetters,
  redriving,
  failClosed,
  leases,
  permits,
  slowConsumer,
  draining,
  sizes,
  damageFound,
  largeCounters,
];
