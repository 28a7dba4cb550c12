import type { Broker } from "../broker.ts";
import type { Invariant } from "../invariants/invariant.ts";

/** An invariant that holds while something breaks: what F1 to F14 of conformance.md do, judged by the ledger. */
export type Fault = Invariant;

/** Says what a broker does not offer. */
export const lacking =
  (means: keyof Broker, what: string) =>
  (broker: Broker): string | undefined =>
    broker[means] === undefined ? `no way to ${what}` : undefined;
