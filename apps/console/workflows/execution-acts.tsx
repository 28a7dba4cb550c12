import {
  ExecutionStatus,
  type ShownExecution,
  type ShownStep,
  StepStatus,
  UndoStatus,
  WorkflowService,
} from "@orrery/schema/orchestration/v1";
import { useState } from "react";
import { useAct } from "../data/act.ts";
import type { Valley } from "../data/valley.ts";
import { Outcome } from "../shell/outcome.tsx";
import { nameOf } from "./names.ts";

/** What an operator may do: answer what waits for a yes, cancel, try a step again or go on without it. */
export function ExecutionActs({
  valley,
  execution,
  step,
  onChange,
}: {
  readonly valley: Valley;
  readonly execution: ShownExecution;
  readonly step: ShownStep | undefined;
  onChange(): void;
}) {
  const act = useAct();
  const [note, setNote] = useState("");
  const flows = valley.world.rpc(WorkflowService);
  const { executionId, status } = execution;
  const asked = () => ({ executionId, idempotencyKey: crypto.randomUUID() });
  const run = (done: string, call: () => Promise<unknown>) =>
    void act.run(async () => {
      await call();
      onChange();
      return done;
    });
  const waiting = execution.steps.find((one) => one.kind === "approve" && one.status === StepStatus.RUNNING);
  const isStuck = step?.undo === UndoStatus.STUCK;
  const mayRetry = step !== undefined && (isStuck || step.status === StepStatus.READY);
  const mayCancel = status === ExecutionStatus.RUNNING;
  if (waiting === undefined && !mayRetry && !mayCancel) return null;
  return (
    <div className="acts" role="group" aria-label="What is to become of it">
      <input
        className="find"
        placeholder="Note: why"
        aria-label="Note"
        value={note}
        onChange={(event) => setNote(event.target.value)}
      />
      {waiting !== undefined &&
        [true, false].map((approved) => (
          <button
            key={String(approved)}
            type="button"
            className="chip"
            disabled={act.busy}
            onClick={() =>
              run(approved ? "It goes on." : "It is refused.", () =>
                flows.signal({ ...asked(), name: waiting.stepId, approved, note }),
              )
            }
          >
            {approved ? "Yes" : "No"} to {waiting.stepId}
          </button>
        ))}
      {step !== undefined && mayRetry && (
        <>
          <button
            type="button"
            className="chip"
            disabled={act.busy}
            onClick={() =>
              run(`${nameOf(step)} is tried again.`, () =>
                flows.retryStep({ ...asked(), stepId: step.stepId, item: step.item }),
              )
            }
          >
            Try {nameOf(step)} again
          </button>
          <button
            type="button"
            className="chip"
            disabled={act.busy || note === ""}
            title="Needs a note"
            onClick={() =>
              run(isStuck ? "It counts as done by hand." : "It goes on without it.", () =>
                flows.skipStep({ ...asked(), stepId: step.stepId, item: step.item, reason: note }),
              )
            }
          >
            {isStuck ? "Done by hand" : "Go on without it"}
          </button>
        </>
      )}
      {mayCancel && (
        <button
          type="button"
          className="chip"
          disabled={act.busy || note === ""}
          title="Needs a note"
          onClick={() =>
            run("It is cancelled; what it did is undone.", () => flows.cancel({ ...asked(), reason: note }))
          }
        >
          Cancel
        </button>
      )}
      <Outcome act={act} />
    </div>
  );
}
