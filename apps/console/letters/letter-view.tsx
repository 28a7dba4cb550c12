import { DeadLetterReason, DeadLetterService, LetterState } from "@orrery/schema/bus/v1";
import { useAsk } from "../data/ask.ts";
import { go } from "../data/link.ts";
import type { Valley } from "../data/valley.ts";
import { word } from "../data/words.ts";
import { Content } from "../inspector/content.tsx";
import type { Selection } from "./selection.ts";

/** One letter whole: why it was given up, what came before it, its bytes. */
export function LetterView({
  valley,
  selection,
}: {
  readonly valley: Valley;
  readonly selection: Selection;
}) {
  const { subscription, entry: entryId } = selection;
  const { answer, problem } = useAsk(`${subscription} ${entryId}`, () =>
    valley.world.rpc(DeadLetterService).getDeadLetter({ subscription, entryId }),
  );
  if (problem !== undefined) return <p role="alert">No answer: {problem}</p>;
  const letter = answer?.letter;
  const entry = letter?.entry;
  if (letter === undefined || entry === undefined) return <p className="empty">Asking…</p>;
  const id = `${entry.publisher}/${entry.sequence}`;
  return (
    <article className="service" aria-label="Letter">
      <h2>{entry.message || entry.code}</h2>
      <dl className="fields">
        <dt>event</dt>
        <dd>
          <span className="cool">{entry.type || "unreadable"}</span> {id}
        </dd>
        <dt>given up by</dt>
        <dd>{entry.subscription}</dd>
        <dt>because</dt>
        <dd>
          {word(DeadLetterReason, entry.reason)}, {entry.code}, after {entry.attempts} attempts
        </dd>
        <dt>tried</dt>
        <dd>
          {new Date(entry.firstMs).toLocaleString()} to {new Date(entry.lastMs).toLocaleString()}
        </dd>
        <dt>redrives before</dt>
        <dd>{entry.generation}</dd>
        <dt>state</dt>
        <dd>
          {word(LetterState, letter.state)}
          {letter.actor !== "" && ` by ${letter.actor}: ${letter.note || "no note"}`}
        </dd>
      </dl>
      <button type="button" className="chip" onClick={() => go({ room: "why", event: id, filter: "" })}>
        Why was it said?
      </button>
      <Content type={entry.type} payload={entry.payload} readable={entry.contentType === "protobuf"} />
    </article>
  );
}
