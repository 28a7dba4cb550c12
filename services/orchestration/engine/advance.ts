import { create } from "@bufbuild/protobuf";
import {
  type Execution,
  ExecutionStatus,
  FailureCause,
  KeptSignalSchema,
  type StepRun,
  StepRunSchema,
  StepStatus,
  WorkflowCompleted,
} from "@orrery/schema/orchestration/v1";
import { orchestrationErrors } from "../errors.ts";
import type { Step } from "./definition.ts";
import { encoded } from "./encoded.ts";
import { isCall, isPastPivot, isSettled, itemsOf, runOf, stepOf } from "./runs.ts";
import { seeing } from "./see.ts";
import { failAll, giveUp, settle, settleMap } from "./settle.ts";
import { failureAs, faultOf, type Turn } from "./turn.ts";
import { compensate } from "./undo.ts";

const AT_ONCE = 8;
const ITEMS_MOST = 1_000;

/** Begins all that may begin, until nothing more follows. */
export function advance(turn: Turn): void {
  const { execution, definition } = turn;
  for (let before = -1; before !== execution.settled; ) {
    before = execution.settled;
    for (const [stepId, step] of Object.entries(definition.steps)) {
      const run = runOf(execution, stepId) as StepRun;
      if (execution.status === ExecutionStatus.RUNNING && run.status === StepStatus.WAITING)
        arrive(turn, step, run);
      for (const one of [run, ...(step.kind === "map" ? itemsOf(execution, stepId) : [])])
        if (one.status === StepStatus.READY) begin(turn, step, one);
      if (step.kind === "map") settleMap(turn, run);
    }
    if (execution.status === ExecutionStatus.COMPENSATING) compensate(turn);
    else if (execution.cancelAsked) giveWay(turn);
  }
  if (execution.status === ExecutionStatus.RUNNING && execution.runs.every(isSettled)) complete(turn);
}

/** A cancel or a deadline that waited for a pivot, which did not come about. */
function giveWay(turn: Turn): void {
  const { execution, definition } = turn;
  const atPivot = execution.runs.some(
    (run) => !isSettled(run) && run.unsure && stepOf(definition, run).pivot === true,
  );
  const under = execution.runs.some(
    (run) => run.status === StepStatus.RUNNING && stepOf(definition, run).pivot === true,
  );
  if (atPivot || under || isPastPivot(definition, execution)) return;
  const isLate = execution.cause === FailureCause.DEADLINE;
  const kind = isLate ? orchestrationErrors.ORCH_DEADLINE : orchestrationErrors.ORCH_CANCELLED;
  failAll(turn, isLate ? FailureCause.DEADLINE : FailureCause.CANCEL, "", failureAs(kind, ""));
}

/** All that it needs is settled: it may begin, or is left out. */
function arrive(turn: Turn, step: Step, run: StepRun): void {
  const { execution, definition, atMs } = turn;
  if (!(step.needs ?? []).every((need) => isSettled(runOf(execution, need) as StepRun))) return;
  run.startedMs = atMs;
  const see = seeing(definition, execution);
  try {
    if (step.when?.(see) === false) return settle(turn, run, StepStatus.SKIPPED);
    if (step.kind === "map") return spread(turn, run, step.over(see).length);
    if (step.kind === "timer") {
      const wait = step.wait(see);
      // Game time is told by an event.
      if ("ms" in wait) run.dueMs = atMs + Math.max(1, Math.floor(wait.ms));
      run.status = StepStatus.RUNNING;
      return;
    }
  } catch (error) {
    return giveUp(turn, run, faultOf(error));
  }
  run.status = StepStatus.READY;
}

function spread(turn: Turn, run: StepRun, count: number): void {
  if (count > ITEMS_MOST)
    return giveUp(turn, run, failureAs(orchestrationErrors.ORCH_LIMIT, `${count} items of ${run.stepId}`));
  run.status = StepStatus.RUNNING;
  run.items = count;
  for (let item = 0; item < count; item++)
    turn.execution.runs.push(
      create(StepRunSchema, {
        ...{ stepId: run.stepId, item: String(item), status: StepStatus.READY },
        startedMs: turn.atMs,
      }),
    );
}

const underWay = ({ definition, execution }: Turn): number =>
  execution.runs.filter((run) => run.status === StepStatus.RUNNING && isCall(stepOf(definition, run), run))
    .length;

function begin(turn: Turn, step: Step, run: StepRun): void {
  const { execution, atMs } = turn;
  if (isCall(step, run)) {
    if (run.dueMs > atMs || underWay(turn) >= AT_ONCE) return;
    run.status = StepStatus.RUNNING;
    run.attempt += 1;
    run.dueMs = 0;
    return;
  }
  const at = execution.signals.findIndex(({ name }) => name === run.stepId);
  run.status = StepStatus.RUNNING;
  run.attempt = 1;
  if (step.timeoutMs !== undefined) run.dueMs = atMs + step.timeoutMs;
  if (at >= 0)
    answerWait(turn, step, run, execution.signals.splice(at, 1)[0] as Execution["signals"][number]);
}

/** What a step waited for is there. */
export function answerWait(turn: Turn, step: Step, run: StepRun, signal: Execution["signals"][number]): void {
  if (step.kind === "approve") {
    if (!signal.approved) {
      const given = `${signal.by}${signal.note === "" ? "" : `: ${signal.note}`}`;
      return giveUp(turn, run, failureAs(orchestrationErrors.ORCH_REFUSED, given));
    }
    Object.assign(run, encoded(KeptSignalSchema, signal));
  } else if (step.kind === "event") {
    run.resultType = step.codec.typeName;
    run.result = signal.value;
  }
  settle(turn, run, StepStatus.SUCCEEDED);
}

function complete(turn: Turn): void {
  const { execution, definition, atMs } = turn;
  if (definition.answer !== undefined && definition.output !== undefined) {
    try {
      const answer = definition.answer(seeing(definition, execution));
      Object.assign(execution, encoded(definition.output, answer));
    } catch (error) {
      // Everything is done: that it cannot be said well undoes nothing.
      execution.failure = faultOf(error);
    }
  }
  execution.status = ExecutionStatus.COMPLETED;
  execution.endedMs = atMs;
  execution.progress = 1;
  turn.tell(WorkflowCompleted, {
    ...{ resultType: execution.resultType, result: execution.result, rung: execution.rung },
    durationMs: Math.max(0, atMs - execution.startedMs),
    stepsCached: execution.runs.filter(({ status }) => status === StepStatus.CACHED).length,
    skipped: execution.runs
      .filter(({ status, item }) => status === StepStatus.SKIPPED && item === "")
      .map(({ stepId }) => stepId),
  });
}
