import { useSyncExternalStore } from "react";
import { type Room, ROOMS } from "./rooms.ts";

/** Where the reader is: all of it stands in the address, so that every view is a link. */
export interface Place {
  readonly room: Room;
  readonly region: string | undefined;
  /** Whom the reader looks at. */
  readonly person: string | undefined;
  /** What is bought and sold. */
  readonly good: string | undefined;
  readonly faction: string | undefined;
  /** `publisher/sequence`. */
  readonly event: string | undefined;
  readonly layers: readonly string[];
  readonly filter: string;
  /** Game seconds of the past moment shown. */
  readonly at: number | undefined;
}

export const DEFAULT_LAYERS = ["weather", "roads", "people", "names"];

function read(): Place {
  const name = location.pathname.split("/")[1] ?? "";
  const query = new URLSearchParams(location.search);
  const at = Number(query.get("at") ?? Number.NaN);
  return {
    room: ROOMS.find((room) => room === name) ?? "world",
    region: query.get("region") ?? undefined,
    person: query.get("person") ?? undefined,
    good: query.get("good") ?? undefined,
    faction: query.get("faction") ?? undefined,
    event: query.get("event") ?? undefined,
    layers:
      query
        .get("layers")
        ?.split(",")
        .filter((layer) => layer !== "") ?? DEFAULT_LAYERS,
    filter: query.get("filter") ?? "",
    at: Number.isFinite(at) ? at : undefined,
  };
}

let current = read();
const listeners = new Set<() => void>();
addEventListener("popstate", () => {
  current = read();
  for (const listener of listeners) listener();
});

/** Here in another world: the same room and region; events and moments are the old one's alone. */
export const hrefIn = (world: string): string => href({ event: undefined, at: undefined, filter: "" }, world);

const ownWorld = () => new URLSearchParams(location.search).get("world");

export function href(change: Partial<Place>, world = ownWorld()): string {
  const next = { ...current, ...change };
  const query = new URLSearchParams();
  if (world !== null) query.set("world", world);
  if (next.region !== undefined) query.set("region", next.region);
  if (next.person !== undefined) query.set("person", next.person);
  if (next.good !== undefined) query.set("good", next.good);
  if (next.faction !== undefined) query.set("faction", next.faction);
  if (next.event !== undefined) query.set("event", next.event);
  if (next.filter !== "") query.set("filter", next.filter);
  if (next.at !== undefined) query.set("at", String(Math.floor(next.at)));
  if (next.layers.join() !== DEFAULT_LAYERS.join()) query.set("layers", next.layers.join());
  const text = query.toString();
  return `/${next.room}${text === "" ? "" : `?${text}`}`;
}

export function go(change: Partial<Place>, replace = false): void {
  history[replace ? "replaceState" : "pushState"](null, "", href(change));
  current = read();
  for (const listener of listeners) listener();
}

export function usePlace(): Place {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    () => current,
  );
}
