import { type JournalEvent, JournalService } from "@orrery/schema/bus/v1";
import { useEffect, useState } from "react";
import { messageOf } from "../data/act.ts";
import { eventIdOf } from "../data/event-id.ts";
import { go } from "../data/link.ts";
import type { Valley } from "../data/valley.ts";
import { dayAndHour, wallClock } from "../data/words.ts";
import { inWords } from "../stream/row.ts";
import { Content } from "./content.tsx";

/** One event: facts first, then why, then its bytes field by field. */
export function EventInspector({
  valley,
  id,
  onClose,
}: {
  readonly valley: Valley;
  readonly id: string;
  readonly onClose: () => void;
}) {
  const [event, setEvent] = useState<JournalEvent>();
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    setEvent(undefined);
    setProblem(undefined);
    valley.world
      .rpc(JournalService)
      .get({ worldId: valley.world.id, which: { case: "id", value: eventIdOf(id) } })
      .then(
        (found) => setEvent(found.event),
        (error: unknown) => setProblem(messageOf(error)),
      );
  }, [valley, id]);
  return (
    <aside className="card" aria-label="Event">
      <header>
        <h2>{event === undefined ? "…" : inWords(event, valley)}</h2>
        <button type="button" className="close" aria-label="Close" onClick={onClose}>
          ✕
        </button>
      </header>
      {problem !== undefined && (
        <p className="soft">
          {valley.isAdmin
            ? problem
            : "Only admins see events whole: open the address that npm start printed."}
        </p>
      )}
      {event !== undefined && (
        <>
          <dl className="fields">
            <dt>type</dt>
            <dd className="cool">{event.type}</dd>
            <dt>id</dt>
            <dd>{id}</dd>
            <dt>ordinal</dt>
            <dd>{event.ordinal}</dd>
            <dt>game time</dt>
            <dd>{event.atGs === undefined ? "–" : dayAndHour(event.atGs)}</dd>
            <dt>wall clock</dt>
            <dd>{wallClock(event.timeMs)}</dd>
            <dt>lane, key</dt>
            <dd>
              {event.lane}, {event.key === "" ? "the world" : valley.nameOf(event.key)}
            </dd>
          </dl>
          <button type="button" className="chip" onClick={() => go({ room: "why", event: id })}>
            Why did this happen?
          </button>
          <Content type={event.type} payload={event.payload} readable={event.undecodable === ""} />
        </>
      )}
    </aside>
  );
}
