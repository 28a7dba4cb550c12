import { WorldService } from "@orrery/schema/world/v1";
import { useState } from "react";
import { useAsk } from "../data/ask.ts";
import { go, href } from "../data/link.ts";
import { useObservable } from "../data/observable.ts";
import type { Valley } from "../data/valley.ts";
import { happenings } from "./happening.ts";

const EVERY_MS = 5_000;

/** The five things that are worth knowing now, each with its why. */
export function HappeningPanel({ valley }: { readonly valley: Valley }) {
  const [open, setOpen] = useState(() => matchMedia("(min-width: 760px)").matches);
  useObservable(valley.peopleRevision);
  const phase = useObservable(valley.phase);
  const calls = valley.world.rpc(WorldService);
  const worldId = valley.world.id;
  // A world without goods has neither.
  const markets = useAsk("markets", () => calls.getMarket({ worldId }), EVERY_MS).answer?.markets ?? [];
  const routes = useAsk("routes", () => calls.getRoutes({ worldId }), EVERY_MS).answer?.routes ?? [];
  const items = happenings({
    alerts: valley.alerts.values(),
    routes,
    markets,
    people: valley.people.all.values(),
    phase,
    nameOf: valley.nameOf,
  });
  if (items.length === 0) return null;
  return (
    <section className="happening" aria-label="What is happening">
      <button type="button" className="link" aria-expanded={open} onClick={() => setOpen(!open)}>
        What is happening
      </button>
      {open && (
        <ol>
          {items.map(({ id, text, why }) => (
            <li key={id}>
              {text}.
              {Object.keys(why).length > 0 && (
                <a
                  href={href(why)}
                  onClick={(event) => {
                    event.preventDefault();
                    go(why);
                  }}
                >
                  {" "}
                  Why?
                </a>
              )}
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
