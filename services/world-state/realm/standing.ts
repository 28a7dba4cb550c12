import { create } from "@bufbuild/protobuf";
import { createValley, type Valley } from "@orrery/economy";
import { createPowers, type Powers } from "@orrery/politics";
import { type RealmGround, RealmGroundSchema } from "@orrery/schema/world/v1";
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

export function standingOf({ grounds }: SeenState<RealmWorld>): Standing {
  const standing: Standing = {
    ...builtOn(grounds.get(PACK) ?? create(RealmGroundSchema)),
    same: (other) => listed(standing) === listed(other),
  };
  return standing;
}

export function builtOn(ground: DeepReadonly<RealmGround>): Pick<Standing, "valley" | "powers" | "workers"> {
  const whole = ground as RealmGround;
  const valley = createValley(whole);
  return {
    valley,
    powers: valley === undefined ? undefined : createPowers(whole),
    workers: new Map(Object.entries(whole.workers).map(([place, { npcIds }]) => [place, new Set(npcIds)])),
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
