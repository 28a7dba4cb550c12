import { create } from "@bufbuild/protobuf";
import {
  FailureCause,
  type Failure,
  ExecutionStatus,
  StepCompleted,
  StepOutcome,
  type StepRun,
  StepStatus,
  WorkflowFailed,
  FailureSchema,
} from "@orrery/schema/orchestration/v1";
import { orchestrationErrors } from "../errors.ts";
import { nameOfRun } from "./ids.ts";
import { encoded } from "./encoded.ts";
import { isCall, isPastPivot, isSettled, itemsOf, stepOf, succeeded, undoOf } from "./runs.ts";
import { seeing } from "./see.ts";
import { failureAs, faultOf, type Turn } from "./turn.ts";

const OUTCOMES: Readonly<Partial<Record<StepStatus, StepOutcome>>> = {
  [StepStatus.SUCCEEDED]: StepOutcome.SUCCEEDED,
  [StepStatus.CACHED]: StepOutcome.CACHED,
  [StepStatus.SKIPPED]: StepOutcome.SKIPPED,
  [StepStatus.FAILED]: StepOutcome.FAILED,
  [StepStatus.TIMED_OUT]: StepOutcome.TIMED_OUT,
  [StepStatus.COMPENSATED]: StepOutcome.COMPENSATED,
};

/** It is what it is from now on, and that is said. */
export function settle(turn: Turn, run: StepRun, status: StepStatus): void {
  const { execution, atMs } = turn;
  run.status = status;
  run.dueMs = 0;
  run.endedMs = atMs;
  run.order = ++execution.settled;
  if (succeeded(run)) {
    delete run.failure;
    run.unsure = false;
  }
  sayStep(turn, run, OUTCOMES[status] as StepOutcome);
}

export function sayStep(turn: Turn, run: StepRun, outcome: StepOutcome): void {
  const { execution, definition, atMs } = turn;
  const whole = execution.runs.filter(({ item }) => item === "");
  const share = whole.filter(isSettled).length / Math.max(1, Object.keys(definition.steps).length);
  execution.progress = Math.max(execution.progress, share);
  const isResult = succeeded(run) && outcome !== StepOutcome.COMPENSATED;
  turn.tell(StepCompleted, {
    ...{ stepId: run.stepId, item: run.item, attempt: run.attempt, outcome },
    durationMs: run.startedMs === 0 ? 0 : Math.max(0, atMs - run.startedMs),
    resultType: isResult ? run.resultType : "",
    result: isResult ? run.result : new Uint8Array(),
    errorCode: run.failure?.code ?? "",
    progress: execution.progress,
  });
}

/** A step will not succeed: it is left out, stands for what its definition says, or takes everything with it. */
export function giveUp(turn: Turn, run: StepRun, failure: Failure): void {
  const step = stepOf(turn.definition, run);
  run.failure = failure;
  if (turn.execution.status === ExecutionStatus.RUNNING && step.fallback !== undefined && run.item === "") {
    try {
      const output =
        step.kind === "pure" ? step.output : step.kind === "rpc" ? step.method.output : undefined;
      if (output !== undefined) {
        Object.assign(run, encoded(output, step.fallback(seeing(turn.definition, turn.execution))));
        return settle(turn, run, StepStatus.SUCCEEDED);
      }
    } catch (error) {
      run.failure = faultOf(error);
    }
  }
  if (step.onFailure === "skip") return settle(turn, run, StepStatus.SKIPPED);
  const name = nameOfRun(run);
  if (
    turn.execution.status === ExecutionStatus.RUNNING &&
    run.unsure &&
    failure.retryable &&
    undoOf(step, run) !== undefined
  ) {
    // It may have been done: that is found out before anything is undone.
    run.status = StepStatus.READY;
    return failAll(turn, FailureCause.FAILURE, name, failure);
  }
  const late = failure.code === orchestrationErrors.ORCH_TIMEOUT.code;
  settle(turn, run, late ? StepStatus.TIMED_OUT : StepStatus.FAILED);
  failAll(turn, FailureCause.FAILURE, name, run.failure ?? failure);
}

/** From here on it goes backwards. What is under way is awaited; what did not begin does not. */
export function failAll(turn: Turn, cause: FailureCause, failedStep: string, failure: Failure): void {
  const { execution, definition, atMs } = turn;
  if (execution.status !== ExecutionStatus.RUNNING || isPastPivot(definition, execution)) return;
  execution.status = ExecutionStatus.COMPENSATING;
  execution.compensatingSinceMs = atMs;
  Object.assign(execution, { cause, failedStep, failure: create(FailureSchema, failure) });
  for (const run of execution.runs) {
    if (isSettled(run)) continue;
    const step = stepOf(definition, run);
    const isOut =
      run.status === StepStatus.RUNNING && (isCall(step, run) || (step.kind === "map" && run.item === ""));
    // Whether it had its effect is found out first, by the same call under the same key.
    const isInDoubt = run.status === StepStatus.READY && run.unsure && undoOf(step, run) !== undefined;
    if (isInDoubt) run.dueMs = 0;
    if (isOut || isInDoubt) continue;
    settle(turn, run, StepStatus.SKIPPED);
  }
  const mayHaveDone = (run: StepRun) => {
    const step = stepOf(definition, run);
    if (step.kind === "child") return run.status === StepStatus.RUNNING;
    return undoOf(step, run) !== undefined && (succeeded(run) || run.unsure || !isSettled(run));
  };
  execution.compensating = execution.runs.some(mayHaveDone);
  turn.tell(WorkflowFailed, {
    failedStep,
    errorCode: failure.code,
    message: failure.sentence.slice(0, 500),
    retryable: failure.retryable,
    compensating: execution.compensating,
  });
}

/** A map is done with its last item. */
export function settleMap(turn: Turn, run: StepRun): void {
  const items = itemsOf(turn.execution, run.stepId);
  if (run.status !== StepStatus.RUNNING || !items.every(isSettled)) return;
  const lost =
    turn.execution.status === ExecutionStatus.RUNNING ? undefined : items.find((one) => !succeeded(one));
  if (lost === undefined) return settle(turn, run, StepStatus.SUCCEEDED);
  run.failure = lost.failure ?? failureAs(orchestrationErrors.ORCH_CANCELLED, nameOfRun(lost));
  settle(turn, run, StepStatus.FAILED);
}
