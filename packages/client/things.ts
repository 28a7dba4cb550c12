import type { EntityShown } from "@orrery/schema/world/v1";

/** A thing of a world as a client reads it: something that stands at a place, and what may be done with it. */
export interface SeenThing {
  /** `object:market-bell`. */
  readonly id: string;
  readonly name: string;
  /** What one sees of it, in a sentence. */
  readonly seen: string;
  /** The state that it is in, in words: `open`, `barred`, `24 of it`; none: it has none. */
  readonly state: readonly string[];
  /** What it knows, as Act's verbs are called: `ring`. */
  readonly verbs: readonly string[];
}

/** Reads a thing's props, which world-state keeps under `world.`. */
export function thingOf({ entityId, props }: Pick<EntityShown, "entityId" | "props">): SeenThing {
  const is = (prop: string) => props[prop]?.value.value;
  const [open, barred, count] = [is("world.open"), is("world.barred"), is("world.count")];
  return {
    id: entityId,
    name: String(is("world.name") ?? entityId),
    seen: String(is("world.seen") ?? ""),
    state: [
      ...(open === undefined ? [] : [open === true ? "open" : "closed"]),
      ...(barred === true ? ["barred"] : []),
      ...(count === undefined ? [] : [`${String(count)} of it`]),
    ],
    verbs: String(is("world.verbs") ?? "")
      .split(" ")
      .filter((verb) => verb !== ""),
  };
}
