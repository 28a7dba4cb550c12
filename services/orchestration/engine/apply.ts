import { create } from "@bufbuild/protobuf";
import {
  type Execution,
  ExecutionStatus,
  FailureCause,
  KeptSignalSchema,
  type Recorded,
  StepOutcome,
  type StepRun,
  StepRunSchema,
  StepStatus,
  UndoStatus,
  WorkflowStarted,
} from "@orrery/schema/orchestration/v1";
import type { Codec } from "@orrery/wire";
import { orchestrationErrors } from "../errors.ts";
import { advance, answerWait } from "./advance.ts";
import { answered, isAwaited } from "./answer.ts";
import type { Definition } from "./definition.ts";
import { isAtPivot, isCall, isFinal, isPastPivot, isSettled, runOf, stepOf } from "./runs.ts";
import { failAll, giveUp, sayStep, settle } from "./settle.ts";
import { failureAs, type Turn } from "./turn.ts";

/** An event that is to be said. */
export interface Said {
  readonly codec: Codec;
  readonly event: object;
}

/** What an execution is told, without its place and time. */
export type Input = Exclude<Recorded["input"], { case: undefined }>;

const HISTORY_MOST = 10_000;
const SIGNALS_MOST = 64;

/**
 * Tells an execution one thing. All that follows is a function of the execution, the input and the moment: the same again
 * gives the same, so that its history handled once more says the same bytes.
 * @param execution changed in place
 * @returns what is to be said; undefined: it was nothing to it, and need not be recorded
 */
export function apply(
  definition: Definition,
  execution: Execution,
  input: Input,
  atMs: number,
): readonly Said[] | undefined {
  const said: Said[] = [];
  const { executionId, workflowId, workflowVersion, ownerId, ownerIsPlayer } = execution;
  const head = { executionId, workflowId, workflowVersion, playerIds: ownerIsPlayer ? [ownerId] : [] };
  const turn: Turn = {
    ...{ definition, execution, atMs },
    tell: (codec, event) => void said.push({ codec, event: { ...event, ...head } }),
  };
  if (!concerns(turn, input)) return undefined;
  execution.seq += 1;
  handle(turn, input);
  if (execution.seq >= HISTORY_MOST && !isAtPivot(definition, execution))
    failAll(
      turn,
      FailureCause.FAILURE,
      "",
      failureAs(orchestrationErrors.ORCH_LIMIT, `${HISTORY_MOST} inputs`),
    );
  advance(turn);
  return said;
}

/** Whether it has any bearing: what is late, double or idle changes nothing. */
function concerns(turn: Turn, { case: kind, value }: Input): boolean {
  const { execution } = turn;
  if (kind === "start") return execution.seq === 0;
  if (kind === "answer") return isAwaited(turn, value);
  if (kind === "retry" || kind === "skip") return true;
  if (kind === "due") return dueAt(turn.definition, execution) <= turn.atMs;
  if (kind === "cancel") return execution.status === ExecutionStatus.RUNNING && !execution.cancelAsked;
  return !isFinal(execution);
}

function handle(turn: Turn, input: Input): void {
  const { execution, definition } = turn;
  switch (input.case) {
    case "start":
      return start(turn);
    case "answer":
      return answered(turn, input.value);
    case "signal":
      return signalled(turn, input.value.signal as Execution["signals"][number], true);
    case "heard": {
      const { stepId, event } = input.value;
      const step = definition.steps[stepId];
      const kept = create(KeptSignalSchema, { name: stepId, approved: true, value: event });
      return signalled(turn, kept, step?.kind === "event" && step.since === "start");
    }
    case "cancel": {
      const failure = failureAs(
        orchestrationErrors.ORCH_CANCELLED,
        `${input.value.by}: ${input.value.reason}`,
      );
      if (isAtPivot(definition, execution)) execution.cancelAsked = true;
      else failAll(turn, FailureCause.CANCEL, "", failure);
      return;
    }
    case "due":
      return due(turn);
    case "retry":
      return retried(turn, runOf(execution, input.value.stepId, input.value.item) as StepRun);
    case "skip":
      return skipped(turn, runOf(execution, input.value.stepId, input.value.item) as StepRun);
  }
}

function start(turn: Turn): void {
  const { execution, definition } = turn;
  execution.status = ExecutionStatus.RUNNING;
  execution.runs = Object.keys(definition.steps).map((stepId) =>
    create(StepRunSchema, { stepId, status: StepStatus.WAITING }),
  );
  turn.tell(WorkflowStarted, {
    ownerId: execution.ownerId,
    parentExecutionId: execution.parentExecutionId,
    steps: execution.runs.length,
    deadlineMs: execution.deadlineMs,
    inputSha256: execution.inputSha256,
    rung: execution.rung,
    worldId: execution.worldId,
  });
}

/** @param keeps what comes before its step is ready is kept for it */
function signalled(turn: Turn, signal: Execution["signals"][number], keeps: boolean): void {
  const { execution, definition } = turn;
  const run = runOf(execution, signal.name);
  if (run === undefined || isSettled(run)) return;
  if (run.status === StepStatus.RUNNING) return answerWait(turn, stepOf(definition, run), run, signal);
  const same = execution.signals.filter(({ name }) => name === signal.name).length;
  if (keeps && same < SIGNALS_MOST) execution.signals.push(signal);
}

function due(turn: Turn): void {
  const { execution, definition, atMs } = turn;
  if (isLate(definition, execution) && execution.deadlineMs <= atMs) {
    if (isAtPivot(definition, execution)) {
      execution.cancelAsked = true;
      execution.cause = FailureCause.DEADLINE;
    } else failAll(turn, FailureCause.DEADLINE, "", failureAs(orchestrationErrors.ORCH_DEADLINE, ""));
  }
  for (const run of execution.runs) {
    if (run.status !== StepStatus.RUNNING || run.dueMs === 0 || run.dueMs > atMs) continue;
    const step = stepOf(definition, run);
    if (step.kind === "timer") settle(turn, run, StepStatus.SUCCEEDED);
    else
      giveUp(turn, run, failureAs(orchestrationErrors.ORCH_TIMEOUT, `${run.stepId}, ${step.timeoutMs} ms`));
  }
}

function retried(turn: Turn, run: StepRun): void {
  const { execution, atMs } = turn;
  if (run.status === StepStatus.READY) run.dueMs = 0;
  if (run.undo === UndoStatus.READY) run.undoDueMs = 0;
  if (run.undo !== UndoStatus.STUCK) return;
  Object.assign(run, { undo: UndoStatus.READY, undoDueMs: 0, undoStartedMs: atMs });
  execution.status = ExecutionStatus.COMPENSATING;
  execution.endedMs = 0;
}

function skipped(turn: Turn, run: StepRun): void {
  if (run.undo !== UndoStatus.STUCK) return settle(turn, run, StepStatus.SKIPPED);
  run.undo = UndoStatus.DONE;
  run.status = StepStatus.COMPENSATED;
  sayStep(turn, run, StepOutcome.COMPENSATED);
}

/** Whether its deadline still has a say. */
const isLate = (definition: Definition, execution: Execution): boolean =>
  execution.deadlineMs > 0 &&
  execution.status === ExecutionStatus.RUNNING &&
  !execution.cancelAsked &&
  !isPastPivot(definition, execution);

/** When something in it comes due, Unix ms; infinite: nothing does by itself. */
export function dueAt(definition: Definition, execution: Execution): number {
  if (isFinal(execution)) return Number.POSITIVE_INFINITY;
  let earliest = isLate(definition, execution) ? execution.deadlineMs : Number.POSITIVE_INFINITY;
  const consider = (ms: number) => {
    if (ms > 0 && ms < earliest) earliest = ms;
  };
  for (const run of execution.runs) {
    const { status, undo } = run;
    const waits = status === StepStatus.RUNNING && !isCall(stepOf(definition, run), run);
    if (status === StepStatus.READY || waits) consider(run.dueMs);
    if (undo === UndoStatus.READY) consider(run.undoDueMs);
  }
  return earliest;
}
