import { create } from "@bufbuild/protobuf";
import type { AtlasPlace } from "@orrery/atlas";
import { type Mind, SurroundingsSchema } from "@orrery/schema/npc/v1";
import type { Activity } from "@orrery/schema/world/v1";
import type { DeepReadonly, SeenState } from "@orrery/simulation/define";
import { createPresence, type Presence } from "./presence.ts";
import { createDueHeap, type DueHeap } from "./turn/due-heap.ts";
import { PACK, type PeopleWorld } from "./state.ts";
import { type Country, countryOf } from "./surroundings.ts";

/** What follows from the state of a world's people, kept beside it: the land, who is due when, who is where. */
export interface Standing {
  country: Country;
  readonly due: DueHeap;
  readonly present: Presence;
  /** Who is of each household. */
  readonly households: Presence;
  /** Who takes up a fixture of a place, or is on the way to it: by place and kind. */
  readonly taken: Map<string, Set<string>>;
  same(other: Standing): boolean;
}

export function standingOf({ minds, surroundings }: SeenState<PeopleWorld>): Standing {
  const due = createDueHeap();
  const [present, households] = [createPresence(), createPresence()];
  const standing: Standing = {
    country: countryOf(surroundings.get(PACK) ?? create(SurroundingsSchema)),
    due,
    present,
    households,
    taken: new Map(),
    same: (other) => listed(standing) === listed(other),
  };
  for (const [id, mind] of minds) {
    due.push(mind.dueGs, id);
    present.come(mind.placeId, id);
    households.come(mind.householdId, id);
    claim(standing, mind);
  }
  return standing;
}

/** All of it in one order, for whoever compares. */
const listed = ({ due, present, households, taken }: Standing) =>
  JSON.stringify([due.listed(), present.listed(), households.listed(), sorted(taken)]);

const sorted = (sets: ReadonlyMap<string, ReadonlySet<string>>) =>
  [...sets].map(([name, ids]) => [name, [...ids].sort()] as const).sort(([a], [b]) => (a < b ? -1 : 1));

function put(sets: Map<string, Set<string>>, name: string, id: string): void {
  const known = sets.get(name);
  if (known === undefined) sets.set(name, new Set([id]));
  else known.add(id);
}

function drop(sets: Map<string, Set<string>>, name: string, id: string): void {
  const known = sets.get(name);
  known?.delete(id);
  if (known?.size === 0) sets.delete(name);
}

/** What somebody is at, or means to be at. */
type Busy = DeepReadonly<Pick<Mind, "npcId" | "doing">>;

/** Of what they do: the fixture that they take up, by place and kind. */
function fixtureOf({ country }: Standing, { doing }: Busy): string | undefined {
  const { occupies = "" } = country.society.activities.get(doing?.activityId ?? "") ?? {};
  return occupies === "" || doing === undefined ? undefined : nameOf(doing.placeId, occupies);
}
const nameOf = (placeId: string, kind: string) => `${placeId} ${kind}`;

/** Somebody has chosen what they do: what it takes is theirs until they leave off, also on their way there. */
export function claim(standing: Standing, mind: Busy): void {
  const fixture = fixtureOf(standing, mind);
  if (fixture !== undefined) put(standing.taken, fixture, mind.npcId);
}

/** Somebody leaves off, or is no more. */
export function free(standing: Standing, mind: Busy): void {
  const fixture = fixtureOf(standing, mind);
  if (fixture !== undefined) drop(standing.taken, fixture, mind.npcId);
}

/** Whether a place has one left of what it takes, or theirs is kept for them. Where nobody counts there is enough. */
export function hasRoom(
  { taken }: Standing,
  npcId: string,
  { occupies }: Pick<Activity, "occupies">,
  place: AtlasPlace,
): boolean {
  const most = occupies === "" ? undefined : place.fixtures.get(occupies);
  if (most === undefined) return true;
  const others = taken.get(nameOf(place.id, occupies));
  return others === undefined || others.size < most || others.has(npcId);
}
