import { create } from "@bufbuild/protobuf";
import { SurroundingsSchema } from "@orrery/schema/npc/v1";
import type { SeenState } from "@orrery/simulation/define";
import { createDueHeap, type DueHeap } from "./due-heap.ts";
import { PACK, type PeopleWorld } from "./state.ts";
import { type Country, countryOf } from "./surroundings.ts";

/** What follows from the state of a world's people, kept beside it: the land, who is due when, who is where. */
export interface Standing {
  country: Country;
  readonly due: DueHeap;
  /** How many are at each place. */
  readonly present: Map<string, number>;
  same(other: Standing): boolean;
}

export function standingOf({ minds, surroundings }: SeenState<PeopleWorld>): Standing {
  const due = createDueHeap();
  const present = new Map<string, number>();
  const standing: Standing = {
    country: countryOf(surroundings.get(PACK) ?? create(SurroundingsSchema)),
    due,
    present,
    same: (other) => listed(standing) === listed(other),
  };
  for (const [id, { dueGs, placeId }] of minds) {
    due.push(dueGs, id);
    come(standing, placeId);
  }
  return standing;
}

/** All of it in one order, for whoever compares. */
const listed = ({ due, present }: Standing) =>
  JSON.stringify([due.listed(), [...present].sort(([a], [b]) => (a < b ? -1 : 1))]);

export function come({ present }: Standing, placeId: string): void {
  if (placeId !== "") present.set(placeId, (present.get(placeId) ?? 0) + 1);
}

export function go({ present }: Standing, placeId: string): void {
  if (placeId === "") return;
  const left = (present.get(placeId) ?? 0) - 1;
  if (left > 0) present.set(placeId, left);
  else present.delete(placeId);
}
