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
import { fidelity } from "./i15-fidelity.ts";
import { evolution } from "./i16-evolution.ts";
import { mixedContent } from "./i17-mixed.ts";
import { damageFound } from "./i18-damage.ts";
import { traces } from "./i19-traces.ts";
import { dedup } from "./i20-dedup.ts";
import { delays } from "./i21-delay.ts";
import { requests } from "./i22-requests.ts";
import { replay } from "./i23-replay.ts";
import { lag } from "./i24-lag.ts";
import { leaks } from "./i25-leaks.ts";
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
  fidelity,
  evolution,
  mixedContent,
  damageFound,
  traces,
  dedup,
  delays,
  requests,
  replay,
  lag,
  leaks,
  largeCounters,
];
