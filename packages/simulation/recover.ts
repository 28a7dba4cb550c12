import type { Message } from "@bufbuild/protobuf";
import type { Kit, KitTables } from "@orrery/service";
import { IntakeBatch, Progress } from "@orrery/schema/simulation/v1";
import { OrreryError } from "@orrery/wire";
import type { Aggregate } from "./aggregate.ts";
import { simulationErrors } from "./errors.ts";
import { openState, openSteps, type Taken } from "./personal.ts";
import { type Handlers, openShard, type Shard, type ShardFacts } from "./shard.ts";

/** A shard with what its store knows of it. */
export interface Recovered {
  readonly shard: Shard;
  readonly intakeSeq: number;
  readonly snapshotBytes: number;
  readonly tailBytes: number;
}

/**
 * The shard as the last commit left it: its snapshot, then the recorded inputs since, handled once more from where the
 * snapshot stood, so that what they emit has its numbers again. It is thrown away: it was committed with them. What was
 * erased meanwhile reads ERASED.
 * @throws WORLD_STATE_BROKEN
 */
export async function recoverShard(
  { store, personal }: Pick<Kit, "store" | "personal">,
  part: string,
  aggregate: Aggregate,
  handlers: Handlers,
  facts: ShardFacts,
): Promise<Recovered | undefined> {
  const db = store.as<KitTables>();
  const row = await db
    .selectFrom("shard")
    .innerJoin("shard_state", (join) =>
      join.onRef("shard_state.part", "=", "shard.part").onRef("shard_state.world", "=", "shard.world"),
    )
    .select(["shard.progress", "shard.intake_seq", "shard_state.seq", "shard_state.state"])
    .select("shard_state.progress as began")
    .where("shard.part", "=", part)
    .where("shard.world", "=", facts.world)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const tail = await db
    .selectFrom("intake")
    .select("batch")
    .where("part", "=", part)
    .where("world", "=", facts.world)
    .where("seq", ">", row.seq)
    .orderBy("seq")
    .execute();
  try {
    const snapshot = await openState(personal, aggregate.state, row.state);
    const state = aggregate.state.decode(snapshot.bytes) as Message;
    const replayed = openShard(aggregate, handlers, facts, Progress.decode(row.began), state);
    for (const { batch } of tail) {
      apply(replayed, await openSteps(personal, handlers, IntakeBatch.decode(batch).steps));
      replayed.collect();
    }
    const shard = openShard(
      aggregate,
      handlers,
      facts,
      Progress.decode(row.progress),
      replayed.state,
      replayed.atGs,
    );
    const tailBytes = tail.reduce((sum, { batch }) => sum + batch.length, 0);
    return { shard, intakeSeq: Number(row.intake_seq), snapshotBytes: row.state.length, tailBytes };
  } catch (cause) {
    if (cause instanceof OrreryError && cause.retryable) throw cause;
    throw new OrreryError(simulationErrors.WORLD_STATE_BROKEN, {
      given: `${part} of world ${facts.world}`,
      cause,
    });
  }
}

/** Hands recorded inputs to a shard again, in their order: what was recorded was taken, whatever its marks say. */
export function apply(shard: Shard, steps: readonly Taken[]): void {
  for (const step of steps) {
    if (step.case === "event") shard.retakeEvent(step.value);
    else shard.takeCommand(step.value);
  }
}
