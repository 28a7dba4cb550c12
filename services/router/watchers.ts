import type { Interest } from "./interest.ts";
import type { Audience } from "./seen-event.ts";

/**
 * Who in a world may be concerned by an event, found by its audience: an event costs its receivers, not the
 * sessions. Whether the types fit is for the watcher to say.
 */
export interface Watchers<W> {
  watch(watcher: W, interest: Interest): void;
  unwatch(watcher: W, interest: Interest): void;
  /** A player's own events reach it without any interest. */
  enter(watcher: W, player: string): void;
  leave(watcher: W, player: string): void;
  /** Each watcher once; good until the next call or change. */
  of(audience: Audience): Iterable<W>;
}

/** How many interests of each watcher stand behind one subject. */
type Shelf<W> = Map<W, number>;

export function createWatchers<W>(): Watchers<W> {
  const shelves = new Map<string, Shelf<W>>();
  const found = new Set<W>();

  function put(subject: string, watcher: W): void {
    const shelf = shelves.get(subject) ?? new Map<W, number>();
    shelves.set(subject, shelf.set(watcher, (shelf.get(watcher) ?? 0) + 1));
  }

  function take(subject: string, watcher: W): void {
    const shelf = shelves.get(subject);
    const count = shelf?.get(watcher) ?? 0;
    if (count > 1) shelf?.set(watcher, count - 1);
    else if (shelf?.delete(watcher) && shelf.size === 0) shelves.delete(subject);
  }

  return {
    watch(watcher, interest) {
      for (const subject of subjectsOf(interest)) put(subject, watcher);
    },
    unwatch(watcher, interest) {
      for (const subject of subjectsOf(interest)) take(subject, watcher);
    },
    enter: (watcher, player) => put(`player ${player}`, watcher),
    leave: (watcher, player) => take(`player ${player}`, watcher),
    of(audience) {
      const some = subjectsIn(audience).flatMap((subject) => shelves.get(subject) ?? []);
      // Mostly there is one: nobody stands on it twice.
      const [only] = some;
      if (some.length < 2) return only?.keys() ?? [];
      found.clear();
      for (const shelf of some) for (const watcher of shelf.keys()) found.add(watcher);
      return found;
    },
  };
}

function* subjectsOf({ regions, allRegions, entities, world }: Interest): Iterable<string> {
  if (world) yield "world";
  if (allRegions) yield "regions";
  for (const region of regions) yield `region ${region}`;
  for (const entity of entities) yield `entity ${entity}`;
}

function subjectsIn(audience: Audience): readonly string[] {
  switch (audience.to) {
    case "world":
      return ["world"];
    case "region":
      return ["regions", `region ${audience.region}`];
    case "entity":
      return [`entity ${audience.entity}`];
    case "players":
      return audience.players.map((player) => `player ${player}`);
  }
}
