export { type Faults, faultyTransport } from "./faulty-transport.ts";
export { INVARIANTS, type Invariant } from "./invariants/mod.ts";
export { createLedger, type Findings, type Handled, type Ledger } from "./ledger.ts";
export { type Budget, runConformance } from "./run.ts";
export type { Broker, MakeTransport, Scene } from "./scene.ts";
export { type Answer, demand, type Result, type Verdict, Violation } from "./verdict.ts";
