import type { FanOut } from "../fan-out.ts";
import type { Ring } from "../ring.ts";

const LANE_NUMBERS = { realtime: 1, standard: 2, bulk: 3 } as const;

/** The world's clock as anchor and rate; undefined before it was heard of. */
export function clockDial(events: FanOut, world: string) {
  const adjusted = events.clocks.of(world);
  return adjusted && { adjusted, stale: false };
}

/** How far the edge has heard every stream of a world. */
export function marksOfRing(ring: Ring) {
  return [...ring.heads()].map(([publisher, { sequence, lane }]) => ({
    publisher,
    sequence,
    lane: LANE_NUMBERS[lane],
  }));
}
