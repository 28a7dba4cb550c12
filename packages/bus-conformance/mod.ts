export { type Faults, faultyTransport } from "./faulty-transport.ts";
export { FAULTS, type Fault } from "./faults/mod.ts";
export { INVARIANTS, type Invariant } from "./invariants/mod.ts";
export type { Findings } from "./oracle/judge.ts";
export { createLedger, type Handled, type Ledger } from "./oracle/ledger.ts";
export { type Budget, runConformance } from "./run.ts";
export type { Broker, Elsewhere, MakeTransport, Network } from "./broker.ts";
export type { Scene } from "./scene.ts";
export { type Answer, demand, type Result, type Verdict, Violation } from "./verdict.ts";
