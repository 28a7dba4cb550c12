import type { KitTables } from "@orrery/service";
import { IntakeBatch, Progress } from "@orrery/schema/simulation/v1";
import { OrreryError } from "@orrery/wire";
import { simulationErrors } from "./errors.ts";
import { type Adopted, handleAgain } from "./handle-again.ts";
import type { Keeping } from "./keeping.ts";
import { openShard, type Shard, type ShardFacts } from "./shard.ts";
import { readImage } from "./state/image.ts";

/** A shard with what its store knows of it. */
export interface Recovered {
  readonly shard: Shard;
  readonly intakeSeq: number;
  readonly snapshotBytes: number;
  readonly tailBytes: number;
  readonly tailMs: number;
  /** This code made something else of the tail, and an operator takes it on. */
  readonly adopted: Adopted | undefined;
}

/**
 * The shard as the last commit left it: its snapshot, then the recorded inputs since, handled once more from where the
 * snapshot stood, so that what they emit has its numbers again. It was committed with them and is thrown away, once it is
 * known to be the same: other code may make something else of them. What was erased meanwhile reads ERASED.
 * @throws WORLD_STATE_BROKEN, WORLD_STATE_TYPE, WORLD_CODE_DIFFERS
 */
export async function recoverShard(keeping: Keeping, facts: ShardFacts): Promise<Recovered | undefined> {
  const { kit, part, aggregate, handlers } = keeping;
  const db = kit.store.as<KitTables>();
  const row = await db
    .selectFrom("shard")
    .innerJoin("shard_state", (join) =>
      join.onRef("shard_state.part", "=", "shard.part").onRef("shard_state.world", "=", "shard.world"),
    )
    .select(["shard.progress", "shard.intake_seq", "shard_state.seq"])
    .select(["shard_state.state", "shard_state.progress as began"])
    .where("shard.part", "=", part)
    .where("shard.world", "=", facts.world)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const rows = await db
    .selectFrom("intake")
    .select("batch")
    .where("part", "=", part)
    .where("world", "=", facts.world)
    .where("seq", ">", row.seq)
    .orderBy("seq")
    .execute();
  try {
    const beganMs = kit.clock.now();
    const tail = rows.map(({ batch }, at) => ({ seq: row.seq + 1 + at, batch: IntakeBatch.decode(batch) }));
    const again = await handleAgain(keeping, facts.world, tail, async () => {
      const { state } = await readImage(kit.personal, aggregate, row.state);
      return openShard(aggregate, handlers, facts, Progress.decode(row.began), state);
    });
    const { state, atGs } = again.shard;
    return {
      shard: openShard(aggregate, handlers, facts, Progress.decode(row.progress), state, atGs),
      intakeSeq: Number(row.intake_seq),
      snapshotBytes: row.state.length,
      tailBytes: rows.reduce((sum, { batch }) => sum + batch.length, 0),
      tailMs: kit.clock.now() - beganMs,
      adopted: again.adopted,
    };
  } catch (cause) {
    if (cause instanceof OrreryError && (cause.retryable || NAMED.has(cause.code))) throw cause;
    const given = `${part} of world ${facts.world}`;
    throw new OrreryError(simulationErrors.WORLD_STATE_BROKEN, { given, cause });
  }
}

/** These say what it is, and what to do. */
const NAMED = new Set(["WORLD_STATE_TYPE", "WORLD_CODE_DIFFERS"]);
