import { useRef, useState } from "react";
import { useVirtualizer } from "@tanstack/react-virtual";
import { go, usePlace } from "../data/link.ts";
import type { Valley } from "../data/valley.ts";
import { dayAndHour, wallClock } from "../data/words.ts";
import { EventInspector } from "../inspector/event-inspector.tsx";
import { PublishForm } from "./publish-form.tsx";
import type { Row } from "./row.ts";
import { useStream } from "./follow.ts";

/** Said all the time, and rarely what somebody looks for. */
const BOOKKEEPING = ["bus.v1.IntakeCommitted", "time.v1.TimeUpdated"];
const ROW_PX = 34;

/** Everything that is said in this world, as it is said. Admins see all of it, others what clients may see. */
export function StreamRoom({ valley }: { readonly valley: Valley }) {
  const place = usePlace();
  const [held, setHeld] = useState(false);
  const [all, setAll] = useState(false);
  const [saying, setSaying] = useState(false);
  const scroller = useRef<HTMLDivElement>(null);
  // A region's or another thing's id is asked of the journal; other words are looked for in what was read.
  const entity = /^[a-z]+:[^\s]+$/.test(place.filter) ? place.filter : "";
  const { rows, problem, older, reading } = useStream(valley, valley.isAdmin ? entity : "", held);

  const words = entity !== "" && valley.isAdmin ? "" : place.filter.toLowerCase();
  const heard = all ? rows : rows.filter(({ type }) => !BOOKKEEPING.includes(type));
  const shown =
    words === ""
      ? heard
      : heard.filter((row) =>
          `${row.type} ${row.key} ${row.says} ${row.service}`.toLowerCase().includes(words),
        );
  const virtual = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 12,
  });

  return (
    <section className="room">
      <header>
        <div>
          <h1>Stream</h1>
          <p>
            {valley.isAdmin
              ? "What is said in this world, newest first."
              : "What clients may see, newest first. Open the address that npm start printed to see all."}
          </p>
        </div>
        <div className="tools">
          <input
            className="find"
            type="search"
            placeholder="Filter by type, place, words"
            aria-label="Filter"
            value={place.filter}
            onChange={(event) => go({ filter: event.target.value }, true)}
          />
          <button type="button" className="chip" aria-pressed={all} onClick={() => setAll(!all)}>
            With bookkeeping
          </button>
          <button type="button" className="chip" aria-pressed={held} onClick={() => setHeld(!held)}>
            {held ? "Go on" : "Hold still"}
          </button>
          {valley.isAdmin && (
            <button type="button" className="chip" aria-pressed={saying} onClick={() => setSaying(!saying)}>
              Say something
            </button>
          )}
        </div>
      </header>
      {saying && <PublishForm valley={valley} onClose={() => setSaying(false)} />}
      {problem !== undefined && (
        <p role="alert">The journal does not answer: {problem} It is asked again by itself.</p>
      )}
      <div className="scroll" ref={scroller} tabIndex={0} aria-label="Events">
        {shown.length === 0 && (
          <p className="empty">
            {reading
              ? "Asking the journal…"
              : rows.length > 0
                ? `None of the ${rows.length.toLocaleString("en")} events that were read fits.`
                : entity === ""
                  ? "Nothing has been said yet. It will stand here within a moment."
                  : `Nothing was said about ${valley.nameOf(entity)}.`}
          </p>
        )}
        <div className="rows" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((item) => {
            const row = shown[item.index] as Row;
            return (
              <button
                key={row.id}
                type="button"
                className="row"
                aria-pressed={place.event === row.id}
                style={{ transform: `translateY(${item.start}px)` }}
                onClick={() => go({ event: row.id }, true)}
              >
                <time title={wallClock(row.timeMs)}>
                  {row.atGs === undefined ? "no game time" : dayAndHour(row.atGs)}
                </time>
                <span className="type">{row.type}</span>
                <span className="says">{row.says}</span>
                <span className="by">{row.service}</span>
              </button>
            );
          })}
        </div>
        {older !== undefined && (
          <p className="soft">
            {rows.length.toLocaleString("en")} events were read, the oldest at {momentOf(rows.at(-1))}.{" "}
            <button type="button" className="chip" onClick={older}>
              Read further back
            </button>
          </p>
        )}
      </div>
      {place.event !== undefined && (
        <EventInspector valley={valley} id={place.event} onClose={() => go({ event: undefined }, true)} />
      )}
    </section>
  );
}

const momentOf = (row: Row | undefined) =>
  row?.atGs === undefined ? "an unknown moment" : dayAndHour(row.atGs);
