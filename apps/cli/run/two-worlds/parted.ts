import type { ForkInfo } from "@orrery/schema/bus/v1";

type Fork = Pick<ForkInfo, "worldId" | "parent" | "atGs">;

/** A world and those that are its past, the nearest first, each with the game time up to which it is. */
function lineage(forks: readonly Fork[], world: string): (readonly [world: string, untilGs: number])[] {
  const worlds: (readonly [string, number])[] = [[world, Number.POSITIVE_INFINITY]];
  for (;;) {
    const [last, untilGs] = worlds.at(-1) as readonly [string, number];
    const fork = forks.find(({ worldId }) => worldId === last);
    if (fork === undefined) return worlds;
    worlds.push([fork.parent, Math.min(untilGs, fork.atGs)]);
  }
}

/** Up to which game time two worlds have the same past; undefined: they have none. */
export function partedAt(forks: readonly Fork[], a: string, b: string): number | undefined {
  const others = new Map(lineage(forks, b));
  for (const [world, untilGs] of lineage(forks, a)) {
    const other = others.get(world);
    if (other !== undefined) return Math.min(untilGs, other);
  }
  return undefined;
}
