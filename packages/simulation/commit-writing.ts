import { commitTogether, done, type KitTables } from "@orrery/service";
import type { Answer, Answers } from "./answers.ts";
import type { Change, Changes, Row } from "./commit-change.ts";
import type { GivenUp } from "./given-up.ts";
import type { Keeping } from "./keeping.ts";
import type { Lease } from "./lease.ts";
import { writesPersonal } from "./personal.ts";

/** Puts changes into the store, however often that has to be tried. */
export interface Writing {
  /**
   * All in one transaction, sealed first.
   * @returns what was written, and the frames' numbers in the outbox
   * @throws WORLD_COMMIT_REFUSED; while it closes, what the first try throws
   */
  write(changes: readonly Change[], kept: readonly Answer[]): Promise<WrittenRows>;
  /** Why it is being tried again. */
  problem(): string | undefined;
}

export interface WrittenRows {
  readonly rows: readonly Row[];
  readonly ids: readonly number[];
}

const RETRY_MS = 250;

export function createWriting(
  { kit, aggregate }: Keeping,
  lease: Lease,
  givenUp: GivenUp,
  { changes, answers }: { readonly changes: Changes; readonly answers: Answers },
  closing: AbortSignal,
): Writing {
  const db = kit.store.as<KitTables>();
  const personal = writesPersonal(aggregate);
  const seconds = kit.metrics.histogram(
    "orrery_commit_seconds",
    "Time of one commit",
    [0.0005, 0.001, 0.002, 0.005, 0.01, 0.05, 0.2, 1],
  );
  let failure: string | undefined;

  /** What is in memory must never get ahead of the store for good, and nothing personal is written without its keys. */
  async function untilDone<T>(act: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        const result = await act();
        failure = undefined;
        return result;
      } catch (error) {
        failure = error instanceof Error ? error.message : String(error);
        if (closing.aborted || (error as { code?: string }).code === "WORLD_COMMIT_REFUSED") throw error;
        await kit.clock.sleep(RETRY_MS, closing);
      }
    }
  }

  async function commit(rows: readonly Row[], kept: readonly Answer[]): Promise<readonly number[]> {
    const startMs = kit.clock.now();
    const queries = [
      ...rows.flatMap((row) => row.queries),
      ...rows.flatMap(({ written, redriven }) => givenUp.forgetting(written.facts.world, redriven)),
      ...answers.queries(kept),
    ];
    const frames = rows.flatMap((row) => row.frames);
    const [, , ids] = await commitTogether(db, lease.checking, done(...queries), kit.outbox.putting(frames));
    seconds((kit.clock.now() - startMs) / 1000);
    return ids;
  }

  return {
    async write(taken, kept) {
      const sealed = personal ? await untilDone(() => Promise.all(taken.map(changes.sealed))) : taken;
      const replies = personal ? await untilDone(() => Promise.all(kept.map(answers.sealed))) : kept;
      const rows = sealed.map(changes.row);
      return { rows, ids: await untilDone(() => commit(rows, replies)) };
    },
    problem: () => failure,
  };
}
