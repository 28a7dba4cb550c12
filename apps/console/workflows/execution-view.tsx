import {
  ExecutionStatus,
  type ShownStep,
  StepStatus,
  UndoStatus,
  WorkflowService,
} from "@orrery/schema/orchestration/v1";
import { useState } from "react";
import { useAsk } from "../data/ask.ts";
import type { Valley } from "../data/valley.ts";
import { word } from "../data/words.ts";
import { ExecutionActs } from "./execution-acts.tsx";
import { nameOf } from "./names.ts";
import { StepGraph } from "./step-graph.tsx";

const LOOK_MS = 1_000;

/** One execution: its steps as a graph, each with what it calls, waits for and answered, and what would undo it. */
export function ExecutionView({
  valley,
  executionId,
}: {
  readonly valley: Valley;
  readonly executionId: string;
}) {
  const [changes, setChanges] = useState(0);
  const [chosen, setChosen] = useState("");
  const flows = valley.world.rpc(WorkflowService);
  const { answer, problem } = useAsk(executionId, () => flows.explain({ executionId }), LOOK_MS, changes);
  if (problem !== undefined) return <p role="alert">No answer: {problem}</p>;
  const execution = answer?.execution;
  if (execution === undefined) return <p className="empty">Asking…</p>;
  const { workflowId, workflowVersion, status, ownerId, worldId, steps, resultJson } = execution;
  const step = steps.find((one) => nameOf(one) === chosen);
  return (
    <aside className="person" aria-label={executionId}>
      <h2>{executionId}</h2>
      <p>
        {workflowId} v{workflowVersion}, {word(ExecutionStatus, status)}, for {ownerId}
        {worldId !== "platform" && ` in ${worldId}`}
      </p>
      <StepGraph steps={steps} chosen={chosen} onChoose={setChosen} />
      {answer?.lines.map((line) => (
        <p key={line}>{line}</p>
      ))}
      <ExecutionActs
        valley={valley}
        execution={execution}
        step={step}
        onChange={() => setChanges((count) => count + 1)}
      />
      {step === undefined ? (
        <p className="soft">Choose a step to see what it calls and what it answered.</p>
      ) : (
        <StepCard step={step} />
      )}
      {resultJson !== "" && resultJson !== "{}" && (
        <>
          <h3>What came of it</h3>
          <pre>{pretty(resultJson)}</pre>
        </>
      )}
    </aside>
  );
}

function StepCard({ step }: { readonly step: ShownStep }) {
  const {
    kind,
    calls,
    key,
    attempt,
    status,
    undo,
    undoneBy,
    waitsFor,
    errorCode,
    message,
    resultJson,
    pivot,
  } = step;
  const facts: readonly (readonly [string, string])[] = [
    ["is", word(StepStatus, status)],
    ["calls", calls || kind],
    ["under", key],
    ["tries", attempt > 1 ? String(attempt) : ""],
    ["waits for", waitsFor],
    ["failed", errorCode === "" ? "" : message || errorCode],
    ["undone by", undoneBy],
    ["its undo", undo === UndoStatus.UNSPECIFIED ? "" : word(UndoStatus, undo)],
    ["is the", pivot ? "point of no return" : ""],
  ];
  return (
    <section aria-label={`Step ${nameOf(step)}`}>
      <h3>{nameOf(step)}</h3>
      <dl className="fields">
        {facts
          .filter(([, value]) => value !== "")
          .map(([name, value]) => (
            <div key={name} style={{ display: "contents" }}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
      {resultJson !== "" && resultJson !== "{}" && <pre>{pretty(resultJson)}</pre>}
    </section>
  );
}

function pretty(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), undefined, 2);
  } catch {
    return json;
  }
}
