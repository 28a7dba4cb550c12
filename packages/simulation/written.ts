import { create } from "@bufbuild/protobuf";
import { type Told, ToldSchema } from "@orrery/schema/simulation/v1";
import type { RunningCut } from "./cutter.ts";
import type { Adopted } from "./handle-again.ts";
import type { Shard, ShardFacts } from "./shard.ts";
import { shardName } from "./sharding/names.ts";
import { createLedger, type Ledger } from "./state/ledger.ts";

/** A shard under its writer, with what decides when its state is cut. */
export interface Written {
  readonly facts: ShardFacts;
  shard: Shard;
  /** Where the pages of its state are kept. */
  ledger: Ledger;
  /** Where the journal stands with it. */
  told: Told;
  /** simulation.v1.Progress before its first input; empty: it began with what it inherited, which a cut holds. */
  readonly began: Uint8Array;
  intakeSeq: number;
  /** What came in since the last cut: a start handles it again. */
  readonly tail: Tail;
  /** Bytes that the journal was told of what came in since the last checkpoint. */
  recordBytes: number;
  /** Bytes of what came in since the last checkpoint: a fork or a replay that begins there handles it again. */
  inputBytes: number;
  cut: RunningCut | undefined;
  /** Somebody is to begin with this state: the next commit begins a cut. */
  cutWanted?: boolean;
  /** An operator took on what this code makes of its inputs, and no commit says so yet. */
  adopted: Adopted | undefined;
  /** What it took in could not be written and is lost to it: only its last commit counts. */
  unwritable?: boolean;
  /** While it is put back to its last commit: it takes nothing, and is not committed. */
  mending?: Promise<void> | undefined;
  /** Events that had been given up and were taken since the last commit. */
  redriven: { readonly publisher: string; readonly sequence: number }[];
}

export interface Tail {
  bytes: number;
  /** How long it took to handle, ms. */
  ms: number;
}

/**
 * A shard that nothing is kept of yet.
 * @param began simulation.v1.Progress before its first input; empty: it begins with what it inherited
 */
export const newlyWritten = (
  facts: ShardFacts,
  shard: Shard,
  began: Uint8Array,
  incarnation: string,
  ledger = createLedger(),
): Written => ({
  facts,
  shard,
  ledger,
  told: nothingTold(facts, incarnation),
  began,
  intakeSeq: 0,
  tail: { bytes: 0, ms: 0 },
  recordBytes: 0,
  inputBytes: 0,
  cut: undefined,
  adopted: undefined,
  redriven: [],
});

/** Of a shard of which the journal has no checkpoint yet. */
export const nothingTold = (facts: ShardFacts, incarnation: string): Told =>
  create(ToldSchema, { publisher: `${shardName(facts)}/c${incarnation}`, nextSequence: 1 });
