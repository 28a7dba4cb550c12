import type { Codec } from "./codec.ts";
import type { Lane } from "./event-facts.ts";

/** Two events of one lane of which one passes with its world's days and the other does not. */
export interface MixedLane {
  readonly lane: Lane;
  readonly passing: string;
  readonly kept: string;
}

/**
 * Whether among what one publisher says a lane holds events that are kept for days of their world beside others. A frame
 * of the journal goes when all in it may go: one that is kept would keep all that was said in the same breath.
 */
export function mixedLane(codecs: readonly Codec[]): MixedLane | undefined {
  const passes = ({ event }: Codec) => event?.retention.kind === "game_days";
  for (const passing of codecs.filter(passes)) {
    const lane = passing.event?.lane;
    const kept = codecs.find((other) => other.event?.lane === lane && !passes(other));
    if (lane !== undefined && kept !== undefined)
      return { lane, passing: passing.typeName, kept: kept.typeName };
  }
  return undefined;
}

/** `npc.v1.NpcMoved passes and npc.v1.NpcDied is kept, both in lane standard`. */
export const mixInWords = ({ lane, passing, kept }: MixedLane) =>
  `${passing} passes and ${kept} is kept, both in lane ${lane}`;
