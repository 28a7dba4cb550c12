import { type Execution, type StepRun, StepStatus, UndoStatus } from "@orrery/schema/orchestration/v1";
import type { Definition, Step } from "../engine/definition.ts";
import { childId, nameOfRun } from "../engine/ids.ts";
import { isFinal, isSettled, runOf, stepOf } from "../engine/runs.ts";

const at = (ms: number) =>
  ms >= 8.64e15 ? "never, by itself: somebody has to look" : new Date(ms).toISOString();

/** What a step calls: `payment.v1.WalletService/Hold`; empty: nobody. */
export const callsOf = (step: Step): string =>
  step.kind === "rpc" || step.kind === "map" ? `${step.method.parent.typeName}/${step.method.name}` : "";

export const undoneBy = (step: Step, run: StepRun): string => {
  if ((step.kind !== "rpc" && step.kind !== "map") || step.compensate === undefined) return "";
  if (step.kind === "map" && run.item === "" && run.items > 0) return "";
  const { method } = step.compensate;
  return `${method.parent.typeName}/${method.name}`;
};

/** What a step waits for, for a person; empty: for nothing. */
export function waitsFor(definition: Definition, execution: Execution, run: StepRun): string {
  const step = stepOf(definition, run);
  const because = (failure = run.failure) => (failure === undefined ? "" : ` after ${failure.code}`);
  if (run.undo === UndoStatus.STUCK) return `somebody: undoing it was given up${because(run.undoFailure)}`;
  if (run.undo === UndoStatus.READY)
    return `undoing it again${because(run.undoFailure)}, ${at(run.undoDueMs)}`;
  if (run.undo === UndoStatus.RUNNING) return `an answer of ${undoneBy(step, run)}, which undoes it`;
  if (isFinal(execution) || isSettled(run)) return "";
  if (run.status === StepStatus.WAITING) {
    const open = (step.needs ?? []).filter(
      (need) => !isSettled(runOf(execution, need) ?? { status: StepStatus.WAITING }),
    );
    return open.length === 0 ? "" : open.join(", ");
  }
  if (run.status === StepStatus.READY) {
    if (run.failure?.parked === true)
      return `${callsOf(step)}, which is away (${run.failure.code}): asked again ${at(run.dueMs)}`;
    return run.dueMs > 0
      ? `its next try${because()}, ${at(run.dueMs)}`
      : "a place: 8 calls of it are under way";
  }
  switch (step.kind) {
    case "approve":
      return `a yes of ${step.by === "admin" ? "an operator" : "its owner"}${run.dueMs > 0 ? `, until ${at(run.dueMs)}` : ""}`;
    case "event":
      return `${step.codec.typeName}${run.dueMs > 0 ? `, until ${at(run.dueMs)}` : ""}`;
    case "timer":
      return run.dueMs > 0 ? at(run.dueMs) : `the clock of ${execution.worldId}`;
    case "child":
      return childId(execution.executionId, run.stepId);
    case "map":
      return run.item === "" ? "its items" : `an answer of ${callsOf(step)}`;
    default:
      return step.kind === "pure" ? "being worked out" : `an answer of ${callsOf(step)}`;
  }
}

/** What the whole waits for: the first of its steps that waits for something outside. */
export function executionWaits(definition: Definition, execution: Execution): string {
  for (const run of execution.runs) {
    if (run.status === StepStatus.WAITING) continue;
    const waits = waitsFor(definition, execution, run);
    if (waits !== "") return `${nameOfRun(run)} waits for ${waits}`;
  }
  return "";
}
