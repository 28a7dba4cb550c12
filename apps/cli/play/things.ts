import type { EntityShown } from "@orrery/schema/world/v1";
import type { Named } from "./find.ts";

/** A thing that is where a player is. */
export interface SeenThing extends Named {
  readonly props: EntityShown["props"];
}

export function thingOf({ entityId, props }: Pick<EntityShown, "entityId" | "props">): SeenThing {
  const name = props["world.name"]?.value;
  return { id: entityId, name: name?.case === "text" ? name.value : entityId, props };
}

/** What somebody sees of it, with the state that it is in, and what may be done with it. */
export function seen({ name, props }: SeenThing): string {
  const is = (prop: string) => props[prop]?.value.value;
  const state = [
    ...(is("world.open") === undefined ? [] : [is("world.open") === true ? "open" : "closed"]),
    ...(is("world.barred") === true ? ["barred"] : []),
    ...(is("world.count") === undefined ? [] : [`${String(is("world.count"))} of it`]),
  ];
  const verbs = String(is("world.verbs") ?? "").replaceAll(" ", ", ");
  const words = `${name}${state.length === 0 ? "" : `, ${state.join(", ")}`}`;
  return `${words}: ${String(is("world.seen") ?? "")}${verbs === "" ? "" : ` (${verbs})`}`;
}
