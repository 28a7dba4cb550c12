import {
  type Execution,
  ExecutionStatus,
  type StepRun,
  StepStatus,
  UndoStatus,
} from "@orrery/schema/orchestration/v1";
import type { Definition, Step, Undo } from "./definition.ts";

const SETTLED: ReadonlySet<StepStatus> = new Set([
  StepStatus.SUCCEEDED,
  StepStatus.CACHED,
  StepStatus.SKIPPED,
  StepStatus.FAILED,
  StepStatus.TIMED_OUT,
  StepStatus.COMPENSATED,
]);
const FINAL: ReadonlySet<ExecutionStatus> = new Set([
  ExecutionStatus.COMPLETED,
  ExecutionStatus.FAILED,
  ExecutionStatus.CANCELLED,
  ExecutionStatus.COMPENSATED,
]);

export const isFinal = ({ status }: Pick<Execution, "status">): boolean => FINAL.has(status);
export const isSettled = ({ status }: Pick<StepRun, "status">): boolean => SETTLED.has(status);
export const succeeded = ({ status }: Pick<StepRun, "status">): boolean =>
  status === StepStatus.SUCCEEDED || status === StepStatus.CACHED;

export const runOf = (execution: Execution, stepId: string, item = ""): StepRun | undefined =>
  execution.runs.find((run) => run.stepId === stepId && run.item === item);

export const itemsOf = ({ runs }: Execution, stepId: string): StepRun[] =>
  runs.filter((run) => run.stepId === stepId && run.item !== "");

export const stepOf = (definition: Definition, { stepId }: Pick<StepRun, "stepId">): Step =>
  definition.steps[stepId] as Step;

/** Whether it is a call, of a service, a child, or of code that works something out, and not a wait. */
export const isCall = (step: Step, run: StepRun): boolean =>
  step.kind === "rpc" ||
  step.kind === "pure" ||
  step.kind === "child" ||
  (step.kind === "map" && run.item !== "");

/** What would take its effect back; a map itself has none, its items do. */
export function undoOf(step: Step, run: StepRun): Undo<any> | undefined {
  if (step.kind === "rpc" || (step.kind === "map" && run.item !== "")) return step.compensate;
  return undefined;
}

/** Whether the point of no return is behind it. */
export const isPastPivot = (definition: Definition, { runs }: Execution): boolean =>
  runs.some((run) => run.item === "" && succeeded(run) && stepOf(definition, run).pivot === true);

/** Whether nobody knows on which side of the point of no return it is. */
export const isAtPivot = (definition: Definition, { runs }: Execution): boolean =>
  runs.some(
    (run) =>
      stepOf(definition, run).pivot === true &&
      (run.status === StepStatus.RUNNING || (run.status === StepStatus.READY && run.unsure)),
  );

/** Whether there is, or may be, an effect that is to be taken back. */
export const isToUndo = (definition: Definition, run: StepRun): boolean =>
  run.undo === UndoStatus.UNSPECIFIED &&
  undoOf(stepOf(definition, run), run) !== undefined &&
  (succeeded(run) || (run.unsure && isSettled(run)));
