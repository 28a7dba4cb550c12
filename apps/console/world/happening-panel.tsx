import { WorldService } from "@orrery/schema/world/v1";
import { useState } from "react";
import { useAsk } from "../data/ask.ts";
import { useObservable } from "../data/observable.ts";
import type { Valley } from "../data/valley.ts";
import { PlaceLink } from "../shell/place-link.tsx";
import { ThreadView } from "./thread.tsx";
import { happenings } from "./happening.ts";

const EVERY_MS = 5_000;

/** The five things that are worth knowing now, each with its why. */
export function HappeningPanel({ valley }: { readonly valley: Valley }) {
  const [open, setOpen] = useState(() => matchMedia("(min-width: 760px)").matches);
  useObservable(valley.peopleRevision);
  const phase = useObservable(valley.phase);
  const calls = valley.world.rpc(WorldService);
  const worldId = valley.world.id;
  const prices = useAsk("markets", () => calls.getMarket({ worldId }), EVERY_MS);
  const roads = useAsk("routes", () => calls.getRoutes({ worldId }), EVERY_MS);
  const factions = useAsk("factions", () => calls.getFactions({ worldId }), EVERY_MS);
  const lands = useAsk("lands", () => calls.getControl({ worldId }), EVERY_MS);
  const events = useAsk("events", () => calls.listEvents({ worldId }), EVERY_MS);
  // A world may have neither goods nor factions; of one that does not answer nobody knows.
  const problem = [prices, roads, events, factions, lands]
    .map((asked) => asked.problem)
    .find((one) => one !== undefined && !/WORLD_NO_(MARKETS|FACTIONS)/.test(one));
  const items = happenings({
    alerts: valley.alerts.values(),
    routes: roads.answer?.routes ?? [],
    markets: prices.answer?.markets ?? [],
    people: valley.people.all.values(),
    phase,
    events: events.answer?.events ?? [],
    factions: factions.answer?.factions ?? [],
    lands: lands.answer?.regions ?? [],
    atGs: valley.world.clock.nowGs(),
    nameOf: valley.nameOf,
  });
  if (items.length === 0 && problem === undefined) return null;
  return (
    <section className="happening" aria-label="What is happening">
      <button type="button" className="link" aria-expanded={open} onClick={() => setOpen(!open)}>
        What is happening
      </button>
      {open && problem !== undefined && <p role="alert">Not all that happens is known: {problem}</p>}
      {open && <ThreadView valley={valley} />}
      {open && (
        <ol>
          {items.map(({ id, text, why }) => (
            <li key={id}>
              {text}.
              {Object.keys(why).length > 0 && (
                <>
                  {" "}
                  <PlaceLink to={why}>Why?</PlaceLink>
                </>
              )}
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
