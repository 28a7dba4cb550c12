import { type DescMessage, fromBinary, toJsonString } from "@bufbuild/protobuf";
import {
  type Execution,
  KeptSignalSchema,
  type ShownExecutionInit,
  type ShownStepInit,
  type StepRun,
} from "@orrery/schema/orchestration/v1";
import type { Registry } from "../definitions/registry.ts";
import type { Definition, Step } from "../engine/definition.ts";
import { callKey, nameOfRun } from "../engine/ids.ts";
import { stepOf } from "../engine/runs.ts";
import { stuckOf } from "../engine/undo.ts";
import { callsOf, executionWaits, undoneBy, waitsFor } from "./waits.ts";

/** Items of a map that are shown; the others are in the history. */
const ITEMS_MOST = 100;

/** An execution as callers see it. */
export function shown(registry: Registry, execution: Execution, whole = true): ShownExecutionInit {
  const { executionId, workflowId, workflowVersion, worldId, ownerId, status, rung, seq, progress } =
    execution;
  const { startedMs, endedMs, deadlineMs, parentExecutionId, failedStep, failure, resultType, result } =
    execution;
  const head = {
    ...{ executionId, workflowId, workflowVersion, worldId, ownerId, status, rung, seq, progress },
    ...{ startedMs, endedMs, deadlineMs, parentExecutionId, failedStep },
    errorCode: failure?.code ?? "",
    message: failure?.sentence ?? "",
    compensated: [...execution.undone],
    stuck: stuckOf(execution.runs),
  };
  if (!registry.has(workflowId, workflowVersion)) return head;
  const definition = registry.of(workflowId, workflowVersion);
  const waits = executionWaits(definition, execution);
  if (!whole) return { ...head, waitsFor: waits };
  return {
    ...{ ...head, resultType, result, waitsFor: waits },
    resultJson: definition.output === undefined ? "" : jsonOf(definition.output, result),
    steps: execution.runs
      .filter(({ item }) => item === "" || Number(item) < ITEMS_MOST)
      .map((run) => shownStep(definition, execution, run)),
  };
}

function shownStep(definition: Definition, execution: Execution, run: StepRun): ShownStepInit {
  const step = stepOf(definition, run);
  const { stepId, item, status, attempt, startedMs, endedMs, dueMs, undo, resultType } = run;
  const output = outputOf(step);
  return {
    ...plainStep(stepId, step),
    ...{ item, status, attempt, startedMs, endedMs, dueMs, undo, resultType },
    key: callsOf(step) === "" ? "" : callKey(execution.executionId, stepId, item, false),
    errorCode: (run.undoFailure ?? run.failure)?.code ?? "",
    message: (run.undoFailure ?? run.failure)?.sentence ?? "",
    waitsFor: waitsFor(definition, execution, run),
    undoneBy: undoneBy(step, run),
    resultJson: run.result.length === 0 || output === undefined ? "" : jsonOf(output, run.result),
  };
}

/** A step as its definition says it. */
export const plainStep = (stepId: string, step: Step): ShownStepInit => ({
  stepId,
  kind: step.kind,
  needs: [...(step.needs ?? [])],
  calls: callsOf(step),
  pivot: step.pivot === true,
  undoneBy:
    (step.kind === "rpc" || step.kind === "map") && step.compensate !== undefined
      ? `${step.compensate.method.parent.typeName}/${step.compensate.method.name}`
      : "",
});

function outputOf(step: Step): DescMessage | undefined {
  if (step.kind === "rpc" || step.kind === "map") return step.method.output;
  if (step.kind === "pure") return step.output;
  return step.kind === "approve" ? KeptSignalSchema : undefined;
}

function jsonOf(schema: DescMessage, bytes: Uint8Array): string {
  try {
    return toJsonString(schema, fromBinary(schema, bytes));
  } catch {
    return "";
  }
}

/** Why it goes on or does not, and what would undo it, in sentences. */
export function explained(registry: Registry, execution: Execution): string[] {
  const definition = registry.of(execution.workflowId, execution.workflowVersion);
  const { failure, failedStep } = execution;
  const why =
    failure === undefined
      ? []
      : [`It failed${failedStep === "" ? "" : ` at ${failedStep}`}: ${failure.sentence} (${failure.code}).`];
  const steps = execution.runs.flatMap((run) => {
    const waits = waitsFor(definition, execution, run);
    const undo = undoneBy(stepOf(definition, run), run);
    return [
      ...(waits === "" ? [] : [`${nameOfRun(run)} waits for ${waits}.`]),
      ...(undo === "" || run.order === 0 || run.endedMs === 0
        ? []
        : [`${nameOfRun(run)} would be undone by ${undo}.`]),
    ];
  });
  const pivot = execution.runs.find((run) => stepOf(definition, run).pivot === true && run.status === 4);
  return [
    ...why,
    ...steps,
    ...(pivot === undefined
      ? []
      : [`It is past ${pivot.stepId}, its point of no return: nothing is undone any more.`]),
  ];
}
