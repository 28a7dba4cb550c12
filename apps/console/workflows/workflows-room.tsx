import { ExecutionStatus, WorkflowService } from "@orrery/schema/orchestration/v1";
import { useAsk } from "../data/ask.ts";
import { usePlace } from "../data/link.ts";
import { goTerms, readTerms } from "../data/terms.ts";
import type { Valley } from "../data/valley.ts";
import { wallClock, word } from "../data/words.ts";
import { ForAdmins } from "../shell/for-admins.tsx";
import { ExecutionView } from "./execution-view.tsx";

const LOOK_MS = 2_000;
const SHOWS = ["all", "open", "stuck"] as const;

/** Work that spans services: what goes on, what it waits for, and what would undo it. */
export function WorkflowsRoom({ valley }: { readonly valley: Valley }) {
  const terms = readTerms(usePlace().filter);
  const { execution = "" } = terms;
  const show = SHOWS.find((one) => one === terms["show"]) ?? "all";
  if (!valley.isAdmin)
    return (
      <section className="room">
        <ForAdmins what="Workflows are" />
      </section>
    );
  return (
    <section className="room">
      <header>
        <div>
          <h1>Workflows</h1>
          <p>Work that spans services: done to its end, or undone step by step.</p>
        </div>
      </header>
      <nav className="acts" aria-label="Which">
        {SHOWS.map((one) => (
          <button
            key={one}
            type="button"
            className="chip"
            aria-pressed={one === show}
            onClick={() => goTerms(terms, { show: one === "all" ? "" : one })}
          >
            {one}
          </button>
        ))}
      </nav>
      <div className="people">
        <Executions
          key={show}
          valley={valley}
          show={show}
          chosen={execution}
          onChoose={(id) => goTerms(terms, { execution: id })}
        />
        {execution !== "" && <ExecutionView key={execution} valley={valley} executionId={execution} />}
      </div>
    </section>
  );
}

function Executions({
  valley,
  show,
  chosen,
  onChoose,
}: {
  readonly valley: Valley;
  readonly show: (typeof SHOWS)[number];
  readonly chosen: string;
  onChoose(executionId: string): void;
}) {
  const asked = { openOnly: show === "open", stuckOnly: show === "stuck", pageSize: 100 };
  const { answer, problem } = useAsk(show, () => valley.world.rpc(WorkflowService).list(asked), LOOK_MS);
  if (problem !== undefined) return <p role="alert">No answer: {problem}</p>;
  if (answer === undefined) return <p className="empty">Asking…</p>;
  if (answer.executions.length === 0) return <p className="empty">{NONE[show]}</p>;
  return (
    <div className="scroll" tabIndex={0} aria-label="Workflows">
      <table>
        <thead>
          <tr>
            <th>Execution</th>
            <th>Workflow</th>
            <th>How it is</th>
            <th>Begun</th>
          </tr>
        </thead>
        <tbody>
          {answer.executions.map(
            ({ executionId, workflowId, status, progress, startedMs, errorCode, stuck }) => (
              <tr key={executionId} aria-selected={executionId === chosen}>
                <th scope="row">
                  <button type="button" className="link" onClick={() => onChoose(executionId)}>
                    {executionId}
                  </button>
                </th>
                <td>{workflowId}</td>
                <td>
                  {word(ExecutionStatus, status)}
                  {status === ExecutionStatus.RUNNING && `, ${Math.round(progress * 100)} %`}
                  {errorCode !== "" && <span className="short"> {errorCode}</span>}
                  {stuck.length > 0 && <b> stuck: {stuck.join(", ")}</b>}
                </td>
                <td>{wallClock(startedMs)}</td>
              </tr>
            ),
          )}
        </tbody>
      </table>
    </div>
  );
}

const NONE = {
  all: "Nothing has been begun yet: orrery workflow start begins one.",
  open: "Nothing goes on.",
  stuck: "Nothing is stuck: whatever was to be undone is.",
} as const;
