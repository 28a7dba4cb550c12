import { useEffect, useRef, useState } from "react";
import { JournalService, Order } from "@orrery/schema/bus/v1";
import { useVirtualizer } from "@tanstack/react-virtual";
import { messageOf } from "../data/act.ts";
import { go, usePlace } from "../data/link.ts";
import type { Valley } from "../data/valley.ts";
import { hourOf, wallClock } from "../data/words.ts";
import { EventInspector } from "../inspector/event-inspector.tsx";
import { PublishForm } from "./publish-form.tsx";
import { fromJournal, type Row } from "./row.ts";

/** Said all the time, and rarely what somebody looks for. */
const BOOKKEEPING = ["bus.v1.IntakeCommitted", "time.v1.TimeUpdated"];
const KEPT = 5_000;
const FIRST_PAGE = 300;
const ROW_PX = 34;

/** Everything that is said in this world, as it is said. Admins see all of it, others what clients may see. */
export function StreamRoom({ valley }: { readonly valley: Valley }) {
  const place = usePlace();
  const [rows, setRows] = useState<readonly Row[]>([]);
  const [held, setHeld] = useState(false);
  const [all, setAll] = useState(false);
  const [saying, setSaying] = useState(false);
  const [problem, setProblem] = useState<string>();
  const heldNow = useRef(false);
  heldNow.current = held;
  const scroller = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const stop = new AbortController();
    let waiting: Row[] = [];
    let frame = 0;
    const publish = () => {
      if (waiting.length > 0 && !heldNow.current) {
        const fresh = waiting.reverse();
        waiting = [];
        setRows((before) => [...fresh, ...before].slice(0, KEPT));
      }
      frame = requestAnimationFrame(publish);
    };
    frame = requestAnimationFrame(publish);
    const follow = async () => {
      if (!valley.isAdmin) return;
      const journal = valley.world.rpc(JournalService);
      const worldId = valley.world.id;
      const page = await journal.query({ worldId, order: Order.NEWEST_FIRST, pageSize: FIRST_PAGE });
      setRows(page.events.map((event) => fromJournal(event, valley)));
      for await (const { events } of journal.tail({ worldId, after: page.newest }, { signal: stop.signal })) {
        waiting.push(...events.map((event) => fromJournal(event, valley)));
      }
    };
    follow().catch((error: unknown) => !stop.signal.aborted && setProblem(messageOf(error)));
    const unlisten = valley.isAdmin
      ? () => {}
      : valley.onEvent(({ event, says, atGs }) => {
          const { publisher, sequence } = event.id;
          waiting.push({
            id: `${publisher}/${sequence}`,
            type: event.type,
            service: event.service,
            says,
            key: event.key,
            atGs,
            timeMs: event.timeMs,
          });
        });
    return () => {
      stop.abort();
      unlisten();
      cancelAnimationFrame(frame);
    };
  }, [valley]);

  const words = place.filter.toLowerCase();
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
      {problem !== undefined && <p role="alert">The journal does not answer: {problem}</p>}
      <div className="scroll" ref={scroller} tabIndex={0} aria-label="Events">
        {shown.length === 0 && (
          <p className="empty">
            {rows.length === 0
              ? "Nothing has been said yet. It will stand here within a moment."
              : "Nothing that was kept fits the filter."}
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
                <time title={wallClock(row.timeMs)}>{hourOf(row.atGs) || wallClock(row.timeMs)}</time>
                <span className="type">{row.type}</span>
                <span className="says">{row.says}</span>
                <span className="by">{row.service}</span>
              </button>
            );
          })}
        </div>
      </div>
      {place.event !== undefined && (
        <EventInspector valley={valley} id={place.event} onClose={() => go({ event: undefined }, true)} />
      )}
    </section>
  );
}
