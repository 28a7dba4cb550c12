import { create } from "@bufbuild/protobuf";
import { createValley, type Valley } from "@orrery/economy";
import { createPowers, type Powers } from "@orrery/politics";
import type { NpcTookUp } from "@orrery/schema/npc/v1";
import { type RealmGround, RealmGroundSchema, SuccessorSchema } from "@orrery/schema/world/v1";
import type { DeepReadonly, SeenState } from "@orrery/simulation/define";
import { PACK, type RealmWorld } from "./state.ts";

/** What follows from a world's ground: the valley and its powers by numbers, and who works where. */
export interface Standing {
  /** undefined: a world without goods. */
  valley: Valley | undefined;
  /** undefined: a world without factions, or without anything that they could levy. */
  powers: Powers | undefined;
  /** By place: those whose coming to work counts. */
  workers: ReadonlyMap<string, ReadonlySet<string>>;
  same(other: Standing): boolean;
}

type Successors = Pick<SeenState<RealmWorld>, "successors">;

export function standingOf({ grounds, successors }: SeenState<RealmWorld>): Standing {
  const standing: Standing = {
    ...builtOn(grounds.get(PACK) ?? create(RealmGroundSchema), { successors }),
    same: (other) => listed(standing) === listed(other),
  };
  return standing;
}

/** Whoever works at a place in somebody's stead by now. */
function standingIn({ successors }: Successors, placeId: string, npcId: string): string {
  const seen = new Set([npcId]);
  for (let id = npcId; ; ) {
    const next = successors.get(`${placeId}/${id}`)?.npcId;
    if (next === undefined || seen.has(next)) return id;
    seen.add(next);
    id = next;
  }
}

const workersOf = ({ workers }: DeepReadonly<RealmGround>, successors: Successors): Standing["workers"] =>
  new Map(
    Object.entries(workers).map(([place, { npcIds }]) => [
      place,
      new Set(npcIds.map((id) => standingIn(successors, place, id))),
    ]),
  );

/** Somebody works at a place in somebody's stead from now on. Of whoever has a post there already, that one is still missing. */
export function succeed(
  { successors, grounds }: RealmWorld,
  { npcId, workPlaceId, afterId }: NpcTookUp,
  standing: Standing,
): void {
  const workers = standing.workers.get(workPlaceId);
  const id = `${workPlaceId}/${afterId}`;
  if (workers?.has(afterId) !== true || workers.has(npcId) || successors.has(id)) return;
  successors.add(id, create(SuccessorSchema, { npcId }));
  standing.workers = workersOf(grounds.get(PACK) ?? create(RealmGroundSchema), { successors });
}

export function builtOn(
  ground: DeepReadonly<RealmGround>,
  successors: Successors,
): Pick<Standing, "valley" | "powers" | "workers"> {
  const whole = ground as RealmGround;
  const valley = createValley(whole);
  return {
    valley,
    powers: valley === undefined ? undefined : createPowers(whole),
    workers: workersOf(whole, successors),
  };
}

/** All of it in one order, for whoever compares. */
function listed({ valley, powers, workers }: Standing): string {
  const { goods, places, markets, works, links } = valley ?? {};
  return JSON.stringify([
    goods,
    places,
    markets,
    works,
    links,
    [powers?.parties, powers?.territories, powers?.pairs],
    [...workers].map(([place, ids]) => [place, [...ids]]),
  ]);
}
