import { create } from "@bufbuild/protobuf";
import { weigh } from "@orrery/npc-mind";
import { type Guest, GuestSchema, type Memory, type Mind } from "@orrery/schema/npc/v1";
import type { PlayerMoved } from "@orrery/schema/world/v1";
import type { DeepReadonly } from "@orrery/simulation/define";
import type { PeopleWorld } from "../state.ts";

const PREFIX = "player:";
export const guestIdOf = (playerId: string): string =>
  playerId.startsWith(PREFIX) ? playerId : `${PREFIX}${playerId}`;

/** What players are called by people who do not know their names. */
export const STRANGER = "the stranger";
export const isGuest = (id: string): boolean => id.startsWith(PREFIX);

/** Where a player is from now on. */
export function hearOfPlayer(
  { guests }: PeopleWorld,
  { playerId, regionId, placeId, present }: PlayerMoved,
): void {
  const guest = create(GuestSchema, { playerId, regionId, placeId, present });
  if (guests.has(playerId)) Object.assign(guests.edit(playerId), guest);
  else guests.add(playerId, guest);
}

/** A player who is where somebody is; undefined: they are not. */
export function guestBeside(
  { guests }: PeopleWorld,
  playerId: string,
  { placeId }: DeepReadonly<Mind>,
): DeepReadonly<Guest> | undefined {
  const guest = guests.get(guestIdOf(playerId));
  const isThere = guest?.present === true && placeId !== "" && guest.placeId === placeId;
  return isThere ? guest : undefined;
}

/** Nobody knows anything of a player any more. */
export function forgetPlayer({ guests, minds }: PeopleWorld, playerId: string): void {
  const id = guestIdOf(playerId);
  if (guests.has(id)) guests.remove(id);
  const isOf = ({ fact, tellerId }: Pick<Memory, "fact" | "tellerId">) =>
    [fact?.subject, fact?.object, fact?.place, tellerId].includes(id);
  for (const [npcId, { relations, memories, beliefs }] of minds) {
    const isKnown =
      relations.some(({ toId }) => toId === id) ||
      memories.some((memory) => isOf(memory as Memory)) ||
      beliefs.some(({ subject, supports }) => subject === id || supports.some((one) => isOf(one as Memory)));
    if (!isKnown) continue;
    const mind = minds.edit(npcId);
    mind.relations = mind.relations.filter(({ toId }) => toId !== id);
    mind.memories = mind.memories.filter((memory) => !isOf(memory));
    for (const belief of mind.beliefs) belief.supports = belief.supports.filter((memory) => !isOf(memory));
    mind.beliefs = mind.beliefs.filter(({ subject, supports }) => subject !== id && supports.length > 0);
    // What is left of a belief weighs what its reasons weigh.
    mind.beliefs.forEach(weigh);
  }
}
