import type { Kit } from "@orrery/service";
import { Progress } from "@orrery/schema/simulation/v1";
import { WorldCreated } from "@orrery/schema/world/v1";
import { encodeBytes } from "@orrery/wire";
import { inherit } from "./fork.ts";
import type { Keeping } from "./keeping.ts";
import { type Incoming, newProgress, openShard, type ShardFacts } from "./shard.ts";
import { newlyWritten, type Written } from "./written.ts";

/** A world that is about to begin here. */
export interface Beginning {
  readonly written: Written;
  /** It begins with what it inherits, which has to be kept before it takes anything in: it is nowhere else. */
  readonly isFork: boolean;
  /**
   * Takes in the world's creation, and what was on its way to the parent.
   * @param refused told of what is refused here, as it would have been there
   * @throws what the aggregate refuses the world for
   */
  takeFirst(refused: (event: Incoming, error: unknown) => void): void;
}

/**
 * The shard of a world at its beginning: anew, or where its parent's stood.
 * @param shards how many there are of the world
 * @throws of a fork what `inherit` throws
 */
export async function beginShard(
  keeping: Keeping,
  facts: ShardFacts,
  event: Incoming,
  shards: number,
): Promise<Beginning> {
  const { kit, aggregate, handlers } = keeping;
  const { seed, forkedFrom } = WorldCreated.decode(event.opened ?? event.payload);
  const incarnation = incarnationOf(kit);
  const progress = newProgress(facts, seed, incarnation, shards);
  const inherited = forkedFrom && (await inherit(keeping, facts.world, forkedFrom));
  if (inherited !== undefined) {
    progress.drop = [...inherited.progress.drop, ...(forkedFrom?.drop ?? [])];
    // What is in the state is heard: a fork of this one must not be told it again.
    progress.marks = inherited.progress.marks;
  }
  const began = inherited === undefined ? encodeBytes(Progress, progress) : new Uint8Array();
  const shard = openShard(aggregate, handlers, facts, progress, inherited);
  return {
    written: newlyWritten(facts, shard, began, incarnation, inherited?.ledger),
    isFork: inherited !== undefined,
    takeFirst(refused) {
      shard.takeEvent(event);
      for (const late of inherited?.unseen ?? []) {
        try {
          shard.takeEvent(late);
        } catch (error) {
          // A state torn by it must not live.
          if (shard.broken) throw error;
          refused(late, error);
        }
      }
    },
  };
}

/** Keeps publisher ids apart when a service's database was lost and the bus was not. */
export function incarnationOf(kit: Pick<Kit, "clock">): string {
  return Math.floor(kit.clock.now()).toString(36);
}
