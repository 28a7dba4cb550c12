import {
  type AnswerInput,
  ExecutionStatus,
  type Failure,
  type StepRun,
  StepStatus,
  UndoStatus,
} from "@orrery/schema/orchestration/v1";
import { orchestrationErrors } from "../errors.ts";
import { nameOfRun } from "./ids.ts";
import { parkMs, patientPauseMs, pauseMs, repeatableMs, retryTerms } from "./pauses.ts";
import { isPastPivot, runOf, stepOf, undoOf } from "./runs.ts";
import { giveUp, settle } from "./settle.ts";
import { failureAs, type Turn } from "./turn.ts";
import { undoAnswered } from "./undo.ts";

/** How long is tried to find out what there is to undo, before the others are undone without it. */
const DOUBT_MOST_MS = 3_600_000;
/** For nothing that comes by itself. */
const NEVER_MS = 8.64e15;

/** Whether an answer is to what is out; a late one or one that comes twice is not. */
export function isAwaited({ execution }: Turn, { stepId, item, undo, attempt }: AnswerInput): boolean {
  const run = runOf(execution, stepId, item);
  if (run === undefined) return false;
  if (undo) return run.undo === UndoStatus.RUNNING && run.undoAttempt === attempt;
  return run.status === StepStatus.RUNNING && run.attempt === attempt;
}

export function answered(turn: Turn, answer: AnswerInput): void {
  const run = runOf(turn.execution, answer.stepId, answer.item) as StepRun;
  const { failure } = answer;
  if (answer.undo) return undoAnswered(turn, run, failure);
  if (failure !== undefined) return failed(turn, run, failure);
  run.resultType = answer.resultType;
  run.result = answer.result;
  settle(turn, run, StepStatus.SUCCEEDED);
}

function failed(turn: Turn, run: StepRun, failure: Failure): void {
  const { execution, definition, atMs } = turn;
  const step = stepOf(definition, run);
  const name = `${execution.executionId}/${nameOfRun(run)}`;
  const again = (waitMs: number) => {
    run.status = StepStatus.READY;
    run.dueMs = atMs + Math.max(waitMs, failure.retryAfterMs);
  };
  run.failure = failure;
  if (failure.parked) {
    // Whoever is away has not been asked: it is no try. What goes back only wants to know of what was begun.
    if (execution.status === ExecutionStatus.COMPENSATING && !run.unsure) return giveUp(turn, run, failure);
    run.parks += 1;
    run.attempt -= 1;
    return again(parkMs(run.parks, failure.retryAfterMs));
  }
  run.parks = 0;
  // A plain no to the same key says that no try before it was done either; one that may be a yes later says nothing.
  run.unsure = failure.unsure || (run.unsure && failure.retryable);
  const tooLate = atMs - run.startedMs > repeatableMs("keyWindowMs" in step ? step.keyWindowMs : undefined);
  if (execution.status === ExecutionStatus.COMPENSATING) {
    if (!run.unsure) return giveUp(turn, run, failure);
    if (failure.retryable && !tooLate && atMs - execution.compensatingSinceMs < DOUBT_MOST_MS)
      return again(patientPauseMs(step, run.attempt, name));
    settle(turn, run, StepStatus.FAILED);
    run.undo = UndoStatus.STUCK;
    return;
  }
  const isForward = isPastPivot(definition, execution) || (step.pivot === true && run.unsure);
  if (isForward && !tooLate) return again(patientPauseMs(step, run.attempt, name));
  // Nobody may ask again, and nobody knows: it waits for somebody who looks.
  if (isForward) return again(NEVER_MS - atMs);
  // What goes on without it has to know whether there is something to undo.
  const mustKnow =
    run.unsure &&
    undoOf(step, run) !== undefined &&
    (step.onFailure === "skip" || step.fallback !== undefined);
  const terms = retryTerms(step);
  if (mustKnow && !tooLate && run.attempt >= terms.tries)
    return again(patientPauseMs(step, run.attempt, name));
  if (failure.retryable && run.attempt < terms.tries && !tooLate)
    return again(pauseMs(terms, run.attempt, name));
  giveUp(turn, run, failure.retryable ? exhausted(run, failure) : failure);
}

const exhausted = ({ attempt }: StepRun, { code, sentence, unsure }: Failure): Failure =>
  failureAs(orchestrationErrors.ORCH_STEP_EXHAUSTED, `${attempt} tries, the last: ${code} ${sentence}`, {
    unsure,
  });
