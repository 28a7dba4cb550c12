import type { Valley } from "@orrery/economy";
import type { RealmGround } from "@orrery/schema/world/v1";
import type { DeepReadonly } from "@orrery/simulation/define";

/** What a pack calls places, goods and roads. */
export interface Names {
  place(place: number): string;
  good(good: number): string;
  road(id: string): string;
}

export function namesOf({ economy, roads, regions }: DeepReadonly<RealmGround>, valley: Valley): Names {
  const named = [...regions, ...roads, ...(economy?.edges ?? [])];
  const names = new Map(named.map(({ id, name }) => [id, name]));
  const nameOf = (id: string) => names.get(id) ?? id;
  return {
    place: (place) => nameOf(valley.places[place]?.id ?? ""),
    good: (good) => valley.goods[good]?.name ?? "",
    road: nameOf,
  };
}
