import type { Claim } from "../claim.ts";
import { PROMISES } from "../promises/all.ts";
import { judgePromises } from "../promises/judge.ts";

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
