import {
  ExecutionStatus,
  FailureCause,
  type Failure,
  StepOutcome,
  type StepRun,
  StepStatus,
  UndoStatus,
  WorkflowCompensated,
} from "@orrery/schema/orchestration/v1";
import type { Undo } from "./definition.ts";
import { nameOfRun } from "./ids.ts";
import { parkMs, patientPauseMs, undoForMs } from "./pauses.ts";
import { isSettled, isToUndo, stepOf, undoOf } from "./runs.ts";
import { sayStep } from "./settle.ts";
import type { Turn } from "./turn.ts";

/** One after the other, the last that was settled first, once nothing is under way any more. */
export function compensate(turn: Turn): void {
  const { execution, definition, atMs } = turn;
  if (execution.status !== ExecutionStatus.COMPENSATING || !execution.runs.every(isSettled)) return;
  const open = execution.runs.find(({ undo }) => undo === UndoStatus.READY || undo === UndoStatus.RUNNING);
  const next = open ?? last(execution.runs.filter((run) => isToUndo(definition, run)));
  if (next === undefined) return finish(turn);
  if (next.undo === UndoStatus.RUNNING) return;
  if (next.unsure) {
    // Nobody knows what there is to undo.
    next.undo = UndoStatus.STUCK;
    return compensate(turn);
  }
  if (next.undo === UndoStatus.UNSPECIFIED) {
    next.undo = UndoStatus.READY;
    next.undoStartedMs = atMs;
    next.undoDueMs = 0;
  }
  if (next.undoDueMs > atMs) return;
  next.undo = UndoStatus.RUNNING;
  next.undoAttempt += 1;
}

const last = (runs: readonly StepRun[]): StepRun | undefined =>
  runs.reduce<StepRun | undefined>(
    (best, run) => (best === undefined || run.order > best.order ? run : best),
    undefined,
  );

/** @param failure undefined: it is undone */
export function undoAnswered(turn: Turn, run: StepRun, failure: Failure | undefined): void {
  const { execution, definition, atMs } = turn;
  const step = stepOf(definition, run);
  const undo = undoOf(step, run) as Undo<any>;
  if (failure === undefined) {
    run.undo = UndoStatus.DONE;
    run.status = StepStatus.COMPENSATED;
    run.unsure = false;
    delete run.undoFailure;
    execution.undone.push(nameOfRun(run));
    return sayStep(turn, run, StepOutcome.COMPENSATED);
  }
  run.undoFailure = failure;
  const name = `${execution.executionId}/${nameOfRun(run)}/undo`;
  const waitMs = failure.parked
    ? parkMs(run.undoAttempt, failure.retryAfterMs)
    : Math.max(patientPauseMs(step, run.undoAttempt, name), failure.retryAfterMs);
  if (atMs + waitMs - run.undoStartedMs > undoForMs(undo.keyWindowMs)) {
    run.undo = UndoStatus.STUCK;
    return;
  }
  run.undo = UndoStatus.READY;
  run.undoDueMs = atMs + waitMs;
}

export const stuckOf = (runs: readonly StepRun[]): string[] =>
  runs.filter(({ undo }) => undo === UndoStatus.STUCK).map(nameOfRun);

function finish(turn: Turn): void {
  const { execution, atMs } = turn;
  execution.endedMs = atMs;
  const plain = execution.cause === FailureCause.CANCEL ? ExecutionStatus.CANCELLED : ExecutionStatus.FAILED;
  execution.status = execution.compensating ? ExecutionStatus.COMPENSATED : plain;
  if (!execution.compensating || execution.toldCompensated) return;
  execution.toldCompensated = true;
  turn.tell(WorkflowCompensated, {
    compensated: execution.undone,
    stuck: stuckOf(execution.runs),
    cause: execution.cause,
  });
}
