import { type KitTables, together } from "@orrery/service";
import { IntakeBatch, Manifest, Progress, Told } from "@orrery/schema/simulation/v1";
import { OrreryError } from "@orrery/wire";
import { simulationErrors } from "./errors.ts";
import { handleAgain } from "./handle-again.ts";
import type { Keeping } from "./keeping.ts";
import { openShard, type ShardFacts } from "./shard.ts";
import { backToCut } from "./restore.ts";
import { segmentBytes } from "./segment-bytes.ts";
import { createLedger, type Ledger } from "./state/ledger.ts";
import { readState } from "./state/read.ts";
import { emptyState, type State } from "./state/state.ts";
import type { Written } from "./written.ts";

/** Where a recovery begins: what the last cut holds, or nothing at all. */
export interface Begun {
  readonly progress: Uint8Array;
  readonly state: State | undefined;
  readonly ledger: Ledger;
  readonly atGs: number;
  /** Pages are to be written anew. */
  readonly isMigrated: boolean;
}

/**
 * The shard as the last commit left it: its last cut, then the recorded inputs since, handled once more from where the
 * cut stood, so that what they emit has its numbers again. It was committed with them and is thrown away, once it is
 * known to be the same: other code may make something else of them. What was erased meanwhile reads ERASED.
 * @param torn of it only what was touched since that cut is read again
 * @throws WORLD_STATE_BROKEN, WORLD_STATE_TYPE, WORLD_CODE_DIFFERS
 */
export async function recoverShard(
  keeping: Keeping,
  facts: ShardFacts,
  torn?: Written,
): Promise<Written | undefined> {
  const { kit, aggregate, handlers } = keeping;
  const stored = await storedOf(keeping, facts.world);
  if (stored === undefined) return undefined;
  const { row, cut, intake } = stored;
  try {
    const beganMs = kit.clock.now();
    const tail = intake.map(({ seq, batch }) => ({ seq: Number(seq), batch: IntakeBatch.decode(batch) }));
    let begun: Begun | undefined;
    const again = await handleAgain(keeping, facts.world, tail, async () => {
      begun =
        (torn && cut && (await backToCut(keeping, torn, cut))) ??
        (await beginAt(keeping, facts.world, row.began, cut));
      const { progress, state, atGs } = begun;
      return openShard(aggregate, handlers, facts, Progress.decode(progress), state && { state, atGs });
    });
    const { ledger, isMigrated } = begun as unknown as Begun;
    const took = kit.clock.now() - beganMs;
    const tailBytes = intake.reduce((sum, { batch }) => sum + batch.length, 0);
    return {
      facts,
      shard: openShard(aggregate, handlers, facts, Progress.decode(row.progress), again.shard),
      ledger,
      told: Told.decode(row.told),
      began: row.began,
      intakeSeq: Number(row.intake_seq),
      tail: {
        bytes: tailBytes,
        ms: isMigrated ? Number.MAX_SAFE_INTEGER : tail.length === 0 ? 0 : took,
      },
      recordBytes: 0,
      // Of what came in before the last cut nothing is known any more.
      inputBytes: tailBytes,
      cut: undefined,
      adopted: again.adopted,
      redriven: [],
    };
  } catch (cause) {
    if (cause instanceof OrreryError && (cause.retryable || NAMED.has(cause.code))) throw cause;
    const given = `${keeping.part} of world ${facts.world}`;
    throw new OrreryError(simulationErrors.WORLD_STATE_BROKEN, { given, cause });
  }
}

/** These say what it is, and what to do. */
const NAMED = new Set(["WORLD_STATE_TYPE", "WORLD_CODE_DIFFERS"]);

/** Nobody else writes it meanwhile: a cut that is closed takes inputs and segments away. */
async function storedOf({ kit, part }: Keeping, world: string) {
  const db = kit.store.as<KitTables>();
  const own = (table: "shard" | "cut") =>
    db.selectFrom(table).selectAll().where("part", "=", part).where("world", "=", world).compile();
  const tail = db
    .selectFrom("intake")
    .select(["seq", "batch"])
    .where("part", "=", part)
    .where("world", "=", world)
    .orderBy("seq")
    .compile();
  const [found] = await together(db, {
    queries: [own("shard"), own("cut"), tail],
    read: (results) => results.map(({ rows }) => rows),
  });
  const [shards = [], cuts = [], intake = []] = found;
  const row = shards[0] as KitTables["shard"] | undefined;
  // Of a fork that was about to begin: it begins anew.
  if (row === undefined || Number(row.intake_seq) === 0) return undefined;
  return {
    row,
    cut: cuts[0] as KitTables["cut"] | undefined,
    intake: intake as Pick<KitTables["intake"], "seq" | "batch">[],
  };
}

async function beginAt(
  { kit, part, aggregate }: Keeping,
  world: string,
  began: Uint8Array,
  cut: KitTables["cut"] | undefined,
): Promise<Begun> {
  if (cut === undefined) {
    if (began.length === 0) throw new Error("what it began with is not there");
    const atGs = Number.NEGATIVE_INFINITY;
    // The platform is there before its first input.
    const state = aggregate.of === "platform" ? emptyState(aggregate.state) : undefined;
    return { progress: began, state, ledger: createLedger(), atGs, isMigrated: false };
  }
  const manifest = Manifest.decode(cut.manifest);
  const reader = readState(kit.personal, aggregate, manifest);
  // One after the other: the thread is given away between them.
  for (const use of manifest.segments)
    await reader.add(use, await segmentBytes(kit.store, part, use.world || world, use.segment));
  return { progress: cut.progress, ...reader.end() };
}
