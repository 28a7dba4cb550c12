import { type Change, ChangeOp, StateService } from "@orrery/schema/state/v1";
import { useState } from "react";
import { go } from "../data/link.ts";
import type { Valley } from "../data/valley.ts";
import { useAsk } from "../data/ask.ts";
import type { Selection } from "./selection.ts";
import { changeText, valueText } from "./value-text.ts";

const OPS = new Map<number, string>(Object.entries(ChangeOp).map(([name, op]) => [op, name.toLowerCase()]));
const PAGE = 200;

/** One object through its versions: what each changed, who did it, and why. */
export function ObjectView({
  valley,
  selection,
}: {
  readonly valley: Valley;
  readonly selection: Selection;
}) {
  const [chosen, setChosen] = useState<number>();
  const state = valley.world.rpc(StateService);
  const id = { collection: selection.collection, owner: selection.owner, key: selection.key };
  const { answer, problem } = useAsk(JSON.stringify(id), () =>
    state.history({ worldId: valley.world.id, id, oldestFirst: false, pageSize: PAGE }),
  );
  const changes = [...(answer?.changes ?? [])].reverse();
  const at = Math.min(chosen ?? changes.length - 1, changes.length - 1);
  const change: Change | undefined = changes[at];
  const version = change?.version ?? 0;
  const value = useAsk(`${JSON.stringify(id)} ${version}`, () =>
    state.get({
      worldId: valley.world.id,
      id,
      asJson: true,
      moment: { moment: { case: "version", value: version } },
    }),
  );

  if (problem !== undefined) return <p role="alert">No answer: {problem}</p>;
  if (change === undefined)
    return <p className="empty">{answer === undefined ? "Asking…" : "It has no history."}</p>;
  const event = change.event;
  return (
    <article className="service">
      <h2 className="mono">
        {selection.collection}/{selection.key}
      </h2>
      <label>
        Version {version} of {changes.at(-1)?.version}
        <input
          type="range"
          min={0}
          max={changes.length - 1}
          value={at}
          aria-label="Version"
          onChange={({ target }) => setChosen(Number(target.value))}
        />
      </label>
      <p>
        {change.op === ChangeOp.UNSPECIFIED ? "deleted" : OPS.get(change.op)} by {change.actor || "nobody"} at{" "}
        {new Date(change.atMs).toLocaleString()}
        {event !== undefined && event.publisher !== "" && (
          <button
            type="button"
            className="chip"
            onClick={() => go({ room: "why", event: `${event.publisher}/${event.sequence}`, filter: "" })}
          >
            Why
          </button>
        )}
      </p>
      <ul className="mono">
        {change.changes.map((own) => (
          <li key={own.path}>{changeText(own)}</li>
        ))}
        {change.value !== undefined && <li>{valueText(change.value)}</li>}
      </ul>
      <pre className="mono">
        {value.answer?.object?.absent ? "deleted" : (value.answer?.object?.json ?? "…")}
      </pre>
    </article>
  );
}
