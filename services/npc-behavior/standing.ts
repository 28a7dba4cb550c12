import { create } from "@bufbuild/protobuf";
import { SurroundingsSchema } from "@orrery/schema/npc/v1";
import type { SeenState } from "@orrery/simulation/define";
import { createDueHeap, type DueHeap } from "./turn/due-heap.ts";
import { PACK, type PeopleWorld } from "./state.ts";
import { type Country, countryOf } from "./surroundings.ts";

/** What follows from the state of a world's people, kept beside it: the land, who is due when, who is where. */
export interface Standing {
  country: Country;
  readonly due: DueHeap;
  /** Who is at each place. */
  readonly present: Map<string, Set<string>>;
  same(other: Standing): boolean;
}

export function standingOf({ minds, surroundings }: SeenState<PeopleWorld>): Standing {
  const due = createDueHeap();
  const present = new Map<string, Set<string>>();
  const standing: Standing = {
    country: countryOf(surroundings.get(PACK) ?? create(SurroundingsSchema)),
    due,
    present,
    same: (other) => listed(standing) === listed(other),
  };
  for (const [id, { dueGs, placeId }] of minds) {
    due.push(dueGs, id);
    come(standing, placeId, id);
  }
  return standing;
}

/** All of it in one order, for whoever compares. */
const listed = ({ due, present }: Standing) =>
  JSON.stringify([
    due.listed(),
    [...present]
      .map(([place, ids]) => [place, [...ids].sort()] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  ]);

export function come({ present }: Standing, placeId: string, npcId: string): void {
  if (placeId === "") return;
  const there = present.get(placeId);
  if (there === undefined) present.set(placeId, new Set([npcId]));
  else there.add(npcId);
}

export function go({ present }: Standing, placeId: string, npcId: string): void {
  const there = present.get(placeId);
  there?.delete(npcId);
  if (there?.size === 0) present.delete(placeId);
}
