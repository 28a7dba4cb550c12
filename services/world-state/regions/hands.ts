import { create } from "@bufbuild/protobuf";
import { HandsSchema } from "@orrery/schema/world/v1";
import { entityIdOf } from "../player-id.ts";
import { change } from "./change.ts";
import { COUNT, number } from "./deeds.ts";
import type { RegionsContext, RegionsWorld } from "./state.ts";

/** How many of a thing a player has. */
export function hasOf({ hands }: RegionsWorld, playerId: string, thingId: string): number {
  const taken = hands.get(playerId)?.taken ?? {};
  return Object.hasOwn(taken, thingId) ? (taken[thingId] ?? 0) : 0;
}

export function setHas({ hands }: RegionsWorld, playerId: string, thingId: string, count: number): void {
  const own = hands.has(playerId) ? hands.edit(playerId) : hands.add(playerId, create(HandsSchema));
  if (count > 0) own.taken[thingId] = count;
  else delete own.taken[thingId];
  if (Object.keys(own.taken).length === 0) hands.remove(playerId);
}

/** How many of a thing players have, all of them together. */
export function takenOf(state: RegionsWorld, thingId: string): number {
  let taken = 0;
  for (const id of state.hands.ids()) taken += hasOf(state, id, thingId);
  return taken;
}

/** A thing is no more, and nobody has any of it. */
export function throwAway(state: RegionsWorld, thingId: string): void {
  for (const id of [...state.hands.ids()]) if (hasOf(state, id, thingId) > 0) setHas(state, id, thingId, 0);
}

/** What somebody took lies where it was, since they are nowhere any more. */
export function giveUpAll(state: RegionsWorld, playerId: string, ctx: RegionsContext): void {
  const id = entityIdOf(playerId);
  for (const [entityId, count] of Object.entries(state.hands.get(id)?.taken ?? {})) {
    const known = state.entities.get(entityId);
    const left = known?.props[COUNT]?.value;
    if (known === undefined || left?.case !== "number") continue;
    const { kind, regionId, placeId } = known;
    const props = { [COUNT]: number(left.value + count) };
    change(state, { entityId, kind, regionId, placeId, props }, state.root.drainedGs, ctx);
  }
  if (state.hands.has(id)) state.hands.remove(id);
}
