import {
  type Execution,
  ExecutionStatus,
  type StepRun,
  StepStatus,
  UndoStatus,
} from "@orrery/schema/orchestration/v1";
import type { Definition, Step } from "../engine/definition.ts";
import { callKey, nameOfRun } from "../engine/ids.ts";
import { isCall, isFinal, stepOf, undoOf } from "../engine/runs.ts";

/** Something that is to be done outside for an execution. */
export interface Order {
  /** Names it among all there ever are, but for a try that was none. */
  readonly name: string;
  readonly kind: "rpc" | "pure" | "child" | "timer" | "undo" | "cancel";
  readonly execution: Execution;
  readonly definition: Definition;
  readonly run: StepRun;
  readonly step: Step;
  readonly attempt: number;
  readonly key: string;
  /** Whose limit it counts against: a contract, or this process. */
  readonly target: string;
}

/** What of an execution is out, or has to go out: the same after each commit and each start. */
export function ordersOf(definition: Definition, execution: Execution): Order[] {
  if (isFinal(execution)) return [];
  return execution.runs.flatMap((run) => orderOf(definition, execution, run) ?? []);
}

function orderOf(definition: Definition, execution: Execution, run: StepRun): Order | undefined {
  const step = stepOf(definition, run);
  const { executionId } = execution;
  const make = (kind: Order["kind"], attempt: number, target: string): Order => ({
    name: `${executionId}/${nameOfRun(run)}/${kind}/${attempt}`,
    key: callKey(executionId, run.stepId, run.item, kind === "undo"),
    ...{ kind, execution, definition, run, step, attempt, target },
  });
  if (run.undo === UndoStatus.RUNNING)
    return make("undo", run.undoAttempt, undoOf(step, run)?.method.parent.typeName ?? "");
  if (run.status !== StepStatus.RUNNING) return undefined;
  if (step.kind === "timer") return run.dueMs === 0 ? make("timer", run.attempt, "") : undefined;
  if (!isCall(step, run)) return undefined;
  if (step.kind === "child")
    return make(execution.status === ExecutionStatus.COMPENSATING ? "cancel" : "child", run.attempt, "");
  if (step.kind === "pure") return make("pure", run.attempt, "");
  return step.kind === "rpc" || step.kind === "map"
    ? make("rpc", run.attempt, step.method.parent.typeName)
    : undefined;
}
