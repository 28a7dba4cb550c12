import type { Kit } from "@orrery/service";
import { WorldCreated } from "@orrery/schema/world/v1";
import type { Aggregate } from "./aggregate.ts";
import type { Written } from "./commit.ts";
import { inherit } from "./fork.ts";
import { type Handlers, type Incoming, newProgress, openShard, type ShardFacts } from "./shard.ts";
import type { AnyState } from "./state/state.ts";

/**
 * The shard of a world at its beginning: anew, or where its parent's stood.
 * @param refused told of what was on its way to the parent and is refused here, as it would have been there
 * @throws what the aggregate refuses the world for, and of a fork what `inherit` throws
 */
export async function beginShard<S extends AnyState>(
  kit: Kit,
  aggregate: Aggregate<S>,
  handlers: Handlers,
  facts: ShardFacts,
  event: Incoming,
  refused: (event: Incoming, error: unknown) => void,
): Promise<{ readonly written: Written; readonly isFork: boolean }> {
  const { seed, forkedFrom } = WorldCreated.decode(event.payload);
  const progress = newProgress(facts, seed, incarnationOf(kit));
  const inherited = forkedFrom && (await inherit(kit, aggregate, handlers, forkedFrom));
  if (inherited !== undefined) {
    progress.drop = [...inherited.progress.drop, ...(forkedFrom?.drop ?? [])];
    progress.marks = inherited.progress.marks.filter(({ ofPlatform }) => ofPlatform);
  }
  const shard = openShard(
    aggregate,
    handlers,
    facts,
    progress,
    inherited?.state as S | undefined,
    inherited?.atGs,
  );
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
  return {
    written: { facts, shard, intakeSeq: 0, snapshotBytes: 0, tailBytes: 0, tailMs: 0, redriven: [] },
    isFork: inherited !== undefined,
  };
}

/** Keeps publisher ids apart when a service's database was lost and the bus was not. */
export function incarnationOf(kit: Pick<Kit, "clock">): string {
  return Math.floor(kit.clock.now()).toString(36);
}
