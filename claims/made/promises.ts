import type { Claim } from "../claim.ts";
import { brokers } from "../promises/brokers.ts";
import { client } from "../promises/client.ts";
import { console } from "../promises/console.ts";
import { edge } from "../promises/edge.ts";
import { givingUp } from "../promises/giving-up.ts";
import { judgePromises } from "../promises/judge.ts";
import type { Promised } from "../promises/promise.ts";
import { stores } from "../promises/stores.ts";
import { wire } from "../promises/wire.ts";
import { world } from "../promises/world.ts";

/** What Orrery promises, by what it is about. */
const PROMISES: readonly Promised[] = [
  ...givingUp,
  ...stores,
  ...brokers,
  ...edge,
  ...client,
  ...wire,
  ...world,
  ...console,
];

export const claims: readonly Claim[] = [
  {
    id: "promises",
    sentence: "Each thing Orrery promises is held by a test that is there, runs and passes",
    measured: "every test that claims/promises/ names, run in its suite",
    threshold: "every promise has a test; every test runs and holds",
    long: true,
    run: () => judgePromises(PROMISES),
  },
];
