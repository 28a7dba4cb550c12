import { retake } from "./handle-again.ts";
import type { Keeping } from "./keeping.ts";
import { openSteps, untilKeys } from "./personal.ts";
import { recoverShard } from "./recover.ts";
import { newProgress, openShard } from "./shard.ts";
import { createLedger } from "./state/ledger.ts";
import type { Written } from "./written.ts";

export interface MendingTerms {
  readonly keeping: Keeping;
  readonly stopping: AbortSignal;
  /** Resolves when no commit of this shard is under way: until then its last one is not in the store. */
  written(written: Written): Promise<void>;
  /** Of a shard that was never committed. */
  incarnation(): string;
}

/** Puts shards right whose handler died half way. */
export interface Mending {
  /**
   * Resolves when the shard may be used. A torn one is first put back to its last commit, and what it took in since is
   * handed in again; meanwhile it takes nothing and is not committed.
   * @throws what reading it back throws; it stays torn, and is tried again for the next who wants it
   */
  whole(written: Written): Promise<void>;
  /** Begins at once with a torn one, and tries until it is whole: somebody may wait for its commit. */
  begin(written: Written): void;
}

const RETRY_MS = 1_000;

export function createMending(terms: MendingTerms): Mending {
  const { keeping, stopping } = terms;
  const { kit, aggregate, handlers } = keeping;

  async function mend(written: Written): Promise<void> {
    await terms.written(written);
    // What a cut has to write is not touched by what died: it is of the commit before.
    await written.cut?.ended;
    const { shard: torn, unwritable, facts } = written;
    const [pending, recovered] = await untilKeys(kit, stopping, async () => [
      await openSteps(keeping.wholes, handlers, unwritable ? [] : [...torn.pending], facts.world),
      await recoverShard(keeping, facts, written),
    ]);
    const shard =
      recovered?.shard ??
      openShard(
        aggregate,
        handlers,
        facts,
        newProgress(facts, torn.progress.seed, terms.incarnation(), torn.progress.shards),
        undefined,
      );
    for (const step of pending) retake(shard, step);
    // What was taken and what is still to come does not change by this: the store knows only what was committed.
    if (!unwritable) shard.progress.marks = torn.progress.marks;
    else written.redriven = [];
    written.shard = shard;
    written.ledger = recovered?.ledger ?? createLedger();
    Object.assign(written.tail, recovered?.tail ?? { bytes: 0, ms: 0 });
    written.unwritable = false;
    const why = unwritable ? "what it took in could not be written" : "a handler failed half way";
    kit.log.warn({ world: facts.world }, `${why}; the shard was loaded anew`);
  }

  const isTorn = ({ shard, unwritable }: Written) => shard.broken || unwritable === true;

  async function whole(written: Written): Promise<void> {
    while (written.mending !== undefined || isTorn(written)) {
      written.mending ??= mend(written).finally(() => {
        written.mending = undefined;
      });
      await written.mending;
    }
  }

  async function untilWhole(written: Written): Promise<void> {
    while (isTorn(written) && !stopping.aborted) {
      try {
        return await whole(written);
      } catch (err) {
        kit.log.error({ err, world: written.facts.world }, "the shard cannot be read back; tried again");
        await kit.clock.sleep(RETRY_MS, stopping);
      }
    }
  }

  return {
    whole,
    begin(written) {
      if (isTorn(written) && written.mending === undefined) void untilWhole(written);
    },
  };
}
