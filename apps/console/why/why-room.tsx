import {
  type CausesResponse,
  ChainEnd,
  type EffectsResponse,
  type JournalEvent,
  JournalService,
} from "@orrery/schema/bus/v1";
import { useEffect, useState } from "react";
import { eventIdOf } from "../data/event-id.ts";
import { go, usePlace } from "../data/link.ts";
import { useObservable } from "../data/observable.ts";
import type { Valley } from "../data/valley.ts";
import { hourOf } from "../data/words.ts";
import { EventInspector } from "../inspector/event-inspector.tsx";
import { inWords } from "../stream/row.ts";
import { layOut, type Laid, NODE } from "./layout.ts";

const idOf = (event: JournalEvent) => `${event.id?.publisher}/${event.id?.sequence}`;
const ENDS: Readonly<Partial<Record<ChainEnd, string>>> = {
  [ChainEnd.ROOT]: "It goes back to here: a command or the outside brought it about.",
  [ChainEnd.DEPTH]: "The chain goes on further back.",
  [ChainEnd.PRUNED]: "What came before is no longer kept.",
};

/** Why something happened, and what came of it. */
export function WhyRoom({ valley }: { readonly valley: Valley }) {
  const place = usePlace();
  const told = useObservable(valley.told);
  const [chain, setChain] = useState<{ causes: CausesResponse; effects: EffectsResponse }>();
  const [problem, setProblem] = useState<string>();
  const [looked, setLooked] = useState<string>();
  const latest = told.find(({ event }) => event.cause !== undefined)?.event.id;
  const wanted = place.event ?? (latest && `${latest.publisher}/${latest.sequence}`);

  useEffect(() => {
    if (wanted === undefined || place.event === undefined) return;
    const journal = valley.world.rpc(JournalService);
    const request = { worldId: valley.world.id, id: eventIdOf(wanted) };
    Promise.all([journal.causes(request), journal.effects({ ...request, depth: 6 })]).then(
      ([causes, effects]) => {
        setChain({ causes, effects });
        setProblem(undefined);
      },
      (error: unknown) => setProblem(error instanceof Error ? error.message : String(error)),
    );
  }, [valley, place.event]);

  useEffect(() => {
    if (place.event === undefined && wanted !== undefined) go({ event: wanted }, true);
  }, [place.event === undefined && wanted]);

  const laid: Laid | undefined = chain && layOut(chain.causes.chain, chain.effects.nodes);
  return (
    <section className="room">
      <header>
        <div>
          <h1>Why</h1>
          <p>
            {chain === undefined
              ? "From its first cause to all that came of it."
              : (ENDS[chain.causes.end] ?? "")}
          </p>
        </div>
      </header>
      {problem !== undefined && (
        <p className="empty">
          {valley.isAdmin ? problem : "Only admins may ask why: open the address that npm start printed."}
        </p>
      )}
      {wanted === undefined && (
        <p className="empty">
          Choose an event in the stream or below on the ticker, and its causes and effects are drawn here.
        </p>
      )}
      <div className="scroll" tabIndex={0} aria-label="Causes and effects">
        {laid !== undefined && (
          <div className="graph" style={{ width: laid.width, height: laid.height }}>
            <svg width={laid.width} height={laid.height} aria-hidden="true">
              {laid.edges.map(({ key, path }) => (
                <path key={key} d={path} />
              ))}
            </svg>
            {laid.nodes.map(({ event, x, y, self }) => (
              <button
                key={idOf(event)}
                type="button"
                className={self ? "node self" : "node"}
                style={{ left: x, top: y, height: NODE.height }}
                onClick={() =>
                  idOf(event) === place.event ? setLooked(idOf(event)) : go({ event: idOf(event) })
                }
              >
                <div className="type">{event.type}</div>
                <div className="says">{inWords(event, valley)}</div>
                <time>
                  {hourOf(event.atGs)} {event.service}
                </time>
              </button>
            ))}
          </div>
        )}
        {chain?.effects.truncated && <p className="soft">More came of it than is drawn here.</p>}
      </div>
      {looked !== undefined && (
        <EventInspector valley={valley} id={looked} onClose={() => setLooked(undefined)} />
      )}
    </section>
  );
}
