import type { JournalEvent } from "@orrery/schema/bus/v1";
import { gameClock } from "../../print.ts";
import { firstApart, type Told } from "./told.ts";

/** Something that is not the same in two worlds, in words, and the event that made it so. */
export interface Difference {
  /** `price`, `road`, `shortage`, `deed`, `land`, `event`, `death` or `person`. */
  readonly about: string;
  /** How much it differs, against others of any kind: 0 hardly, 1 as much as a life can in a week. */
  readonly weight: number;
  readonly says: string;
  /** `because`: by causes as events name them; `after`: what only that world told of the place before it; `itself`: nothing else is known. */
  readonly how: "because" | "after" | "itself";
  readonly event: JournalEvent | undefined;
  /** In which world that is. */
  readonly world: string;
}

/** Names things by their ids: those of people as they are called, the others by what the pack calls them. */
export type Names = (id: string) => string;

/** What an event has made different leads back to by its causes; else to what was told of the place before. */
export function reasonFor(
  event: JournalEvent,
  own: Told,
  other: Told,
  places: readonly string[],
): Pick<Difference, "how" | "event" | "world"> {
  const first = firstApart(event, own, other);
  if (first !== event) return { how: "because", event: first, world: own.world };
  const before =
    lastBefore(event.atGs ?? 0, places, own, other) ?? lastBefore(event.atGs ?? 0, places, other, own);
  if (before === undefined) return { how: "itself", event, world: own.world };
  return { how: "after", ...before };
}

/** What surroundings are made of. */
const SURROUNDINGS = /^weather\.|RouteChanged$|ShortageDeclared$|WorldEventStarted$/;

function lastBefore(atGs: number, places: readonly string[], own: Told, other: Told) {
  const found = own.events.findLast(
    (event) =>
      (event.atGs ?? 0) <= atGs &&
      SURROUNDINGS.test(event.type) &&
      places.some((place) => event.says.includes(place)) &&
      !other.has(event),
  );
  return found && { event: firstApart(found, own, other), world: own.world };
}

/** Ids within a sentence, by their names. */
export const named = (text: string, nameOf: Names) =>
  text.replace(/\b(?:npc|region|place|good|faction|activity):[a-z0-9-]+/g, (id) => nameOf(id));

/** `Because of …`, as a sentence. */
export function reasonInWords({ how, event, world }: Difference, nameOf: Names): string {
  if (event === undefined) return "";
  const what = `${named(event.says, nameOf)} (${gameClock(event.atGs ?? 0)}, in ${world} alone)`;
  if (how === "itself") return `It begins with: ${what}.`;
  return how === "because" ? `Because: ${what}.` : `After: ${what}.`;
}
