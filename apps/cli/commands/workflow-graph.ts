import {
  ExecutionStatus,
  type ShownExecution,
  type ShownStep,
  StepStatus,
  UndoStatus,
} from "@orrery/schema/orchestration/v1";
import { wordOf } from "../print.ts";

const MARKS: Readonly<Partial<Record<StepStatus, string>>> = {
  [StepStatus.SUCCEEDED]: "✓",
  [StepStatus.CACHED]: "✓",
  [StepStatus.RUNNING]: "●",
  [StepStatus.FAILED]: "✗",
  [StepStatus.TIMED_OUT]: "✗",
  [StepStatus.SKIPPED]: "–",
  [StepStatus.COMPENSATED]: "↺",
};
const ANSWER_MOST = 100;

/** An execution as lines: steps in the order in which they may begin, each under what it needs. */
export function graphOf(execution: ShownExecution): string[] {
  const { executionId, workflowId, workflowVersion, status, progress, steps, errorCode, message } = execution;
  const head = `${workflowId} v${workflowVersion}  ${executionId}  ${wordOf(ExecutionStatus, status)}  ${Math.round(progress * 100)} %`;
  const whole = steps.filter(({ item }) => item === "");
  const depths = depthsOf(whole);
  const lines = whole
    .toSorted((a, b) => (depths.get(a.stepId) ?? 0) - (depths.get(b.stepId) ?? 0))
    .flatMap((step) => {
      const indent = "  ".repeat(depths.get(step.stepId) ?? 0);
      const items = steps.filter((one) => one.stepId === step.stepId && one.item !== "");
      return [...stepLines(step, indent), ...items.flatMap((one) => stepLines(one, `${indent}  `))];
    });
  return [head, ...(errorCode === "" ? [] : [`  ${message || errorCode}`]), ...lines];
}

function stepLines(step: ShownStep, indent: string): string[] {
  const { stepId, item, status, kind, calls, attempt, pivot, needs, waitsFor, undo, resultJson } = step;
  const name = item === "" ? stepId : `${stepId}/${item}`;
  const after = needs.length === 0 || item !== "" ? "" : ` ← ${needs.join(", ")}`;
  const tries = attempt > 1 ? ` (${attempt} tries)` : "";
  const stuck = undo === UndoStatus.STUCK ? " STUCK" : "";
  const what = [calls || kind, pivot ? "point of no return" : ""].filter((part) => part !== "").join(", ");
  const line = `${indent}${MARKS[status] ?? "○"} ${name}${after}: ${wordOf(StepStatus, status)}${tries}${stuck}  ${what}`;
  const answer = resultJson.length > ANSWER_MOST ? `${resultJson.slice(0, ANSWER_MOST)}…` : resultJson;
  return [
    line,
    ...(waitsFor === "" ? [] : [`${indent}    waits for ${waitsFor}`]),
    ...(answer === "" || answer === "{}" ? [] : [`${indent}    ${answer}`]),
  ];
}

/** How many steps lie before each. */
function depthsOf(steps: readonly ShownStep[]): ReadonlyMap<string, number> {
  const depths = new Map<string, number>();
  const depth = (stepId: string): number => {
    const known = depths.get(stepId);
    if (known !== undefined) return known;
    const needs = steps.find((step) => step.stepId === stepId)?.needs ?? [];
    const found = needs.length === 0 ? 0 : 1 + Math.max(...needs.map(depth));
    depths.set(stepId, found);
    return found;
  };
  for (const { stepId } of steps) depth(stepId);
  return depths;
}
