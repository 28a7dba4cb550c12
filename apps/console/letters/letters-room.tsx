import { DeadLetterService, type LetterCount } from "@orrery/schema/bus/v1";
import { useState } from "react";
import { useAsk } from "../data/ask.ts";
import { usePlace } from "../data/link.ts";
import type { Valley } from "../data/valley.ts";
import { ForAdmins } from "../shell/for-admins.tsx";
import { LetterActs } from "./letter-acts.tsx";
import { LetterTable } from "./letter-table.tsx";
import { LetterView } from "./letter-view.tsx";
import { readSelection, type Selection, select } from "./selection.ts";

const LOOK_MS = 2_000;

/** What was given up: by whom, why, and what is to become of it. */
export function LettersRoom({ valley }: { readonly valley: Valley }) {
  const selection = readSelection(usePlace().filter);
  const [changes, setChanges] = useState(0);
  if (!valley.isAdmin)
    return (
      <section className="room">
        <ForAdmins what="Dead letters are" />
      </section>
    );
  return (
    <section className="room">
      <header>
        <div>
          <h1>Letters</h1>
          <p>Events that a subscription gave up, kept whole until somebody says what is to become of them.</p>
        </div>
      </header>
      <div className="scroll" tabIndex={0} aria-label="Dead letters">
        <Counts valley={valley} selection={selection} changes={changes} />
        {selection.entry !== "" && <LetterView valley={valley} selection={selection} />}
        <LetterActs
          key={JSON.stringify(selection)}
          valley={valley}
          selection={selection}
          onChange={() => setChanges(changes + 1)}
        />
        <LetterTable valley={valley} selection={selection} changes={changes} />
      </div>
    </section>
  );
}

/** How many are open, by subscription, type and code: each narrows what is shown. */
function Counts({
  valley,
  selection,
  changes,
}: {
  readonly valley: Valley;
  readonly selection: Selection;
  readonly changes: number;
}) {
  const { answer, problem } = useAsk(
    "counts",
    () => valley.world.rpc(DeadLetterService).redrive({ filter: {}, dryRun: true }),
    LOOK_MS,
    changes,
  );
  if (problem !== undefined) return <p role="alert">No answer: {problem}</p>;
  if (answer === undefined) return <p className="empty">Asking…</p>;
  if (answer.matched === 0)
    return <p className="empty">Nothing is open. What a handler gives up will stand here.</p>;
  const groups = [
    ["subscription", answer.bySubscription],
    ["type", answer.byType],
    ["code", answer.byCode],
  ] as const;
  return (
    <>
      {groups.map(([name, counts]) => (
        <Group key={name} name={name} counts={counts} selection={selection} />
      ))}
    </>
  );
}

function Group({
  name,
  counts,
  selection,
}: {
  readonly name: "subscription" | "type" | "code";
  readonly counts: readonly LetterCount[];
  readonly selection: Selection;
}) {
  return (
    <div role="group" aria-label={`By ${name}`} className="tools groups">
      <span className="faint">{name}</span>
      {counts.map((one) => (
        <button
          key={one.name}
          type="button"
          className="chip mono"
          aria-pressed={selection[name] === one.name}
          onClick={() =>
            select(selection, { [name]: selection[name] === one.name ? "" : one.name, entry: "" })
          }
        >
          {one.name || "unreadable"} <b>{one.count.toLocaleString("en")}</b>
        </button>
      ))}
    </div>
  );
}
