import type { Kit, KitTables } from "@orrery/service";
import { type Lease, simulationErrors } from "@orrery/simulation";
import { isError } from "@orrery/wire";
import type { Kysely } from "kysely";
import { commit, framesOf, readHead, type Saying } from "../store/head.ts";
import type { CapabilityTables, HeadRow } from "../store/tables.ts";

/** What is to be written of the registry, in the order in which it came about. */
interface Pending {
  readonly sayings: Saying[];
  /** Instances by id, as they are now; undefined: forgotten. */
  readonly instances: Map<string, Uint8Array | undefined>;
  readonly answers: KitTables["answer"][];
  revision: number;
  /** Those who wait for it. */
  readonly done: (() => void)[];
}

/** Writes behind the registry's memory: while the database is away the registry goes on, and this catches up. */
export interface Writer {
  /**
   * Takes what changed. Resolves when it is durable, or when it is known that the database is away and it will be later.
   */
  write(given: {
    readonly sayings: readonly Saying[];
    readonly instances: ReadonlyMap<string, Uint8Array | undefined>;
    readonly answers?: readonly KitTables["answer"][];
    readonly revision: number;
  }): Promise<void>;
  /** Why nothing can be written at present. */
  problem(): string | undefined;
  /** Writes what waits, if it can be. */
  close(): Promise<void>;
}

const RETRY_FIRST_MS = 100;
const RETRY_LAST_MS = 2_000;
/** @param refused another process is the writer: this one knows nothing any more */
export function createWriter(kit: Kit, lease: Lease, first: HeadRow, refused: () => void): Writer {
  const stopping = new AbortController();
  let head = first;
  let pending = nothing(first.revision);
  let loop: Promise<void> | undefined;
  let away: string | undefined;

  /** @returns whether it is durable */
  async function writeBatch(batch: Pending): Promise<boolean> {
    const before = head;
    const after = { ...before, revision: batch.revision, next: before.next + batch.sayings.length };
    const frames = framesOf(kit, before, batch.sayings);
    const { answers, instances } = batch;
    const one = { before, after, frames, answers, write: (tx: Db) => writeInstances(tx, instances) };
    for (let wait = RETRY_FIRST_MS; ; wait = Math.min(2 * wait, RETRY_LAST_MS)) {
      try {
        await commit(kit, lease, one);
        break;
      } catch (error) {
        const found = isError(error, simulationErrors.WORLD_COMMIT_REFUSED) ? await stands() : undefined;
        if (found !== undefined && isSame(found, after)) {
          // It was committed, and the answer was lost on its way.
          await kit.outbox.resume((publisher) => publisher.startsWith(after.publisher));
          break;
        }
        if (found !== undefined) {
          refused();
          return false;
        }
        leave(error);
        settle(batch);
        settle(pending);
        if (stopping.signal.aborted) return false;
        await kit.clock.sleep(wait, stopping.signal);
      }
    }
    head = after;
    if (away !== undefined) kit.log.info({}, "the database is back");
    away = undefined;
    return true;
  }

  const stands = () => readHead(kit, first.name).catch(() => undefined);

  function leave(error: unknown): void {
    if (away === undefined)
      kit.log.error({ err: error }, "the database is away: instances are known in memory alone");
    away = error instanceof Error ? error.message : String(error);
  }

  async function run(): Promise<void> {
    for (let goesOn = true; goesOn && hasWork(pending); ) {
      const batch = pending;
      pending = nothing(batch.revision);
      goesOn = await writeBatch(batch);
      settle(batch);
    }
    settle(pending);
    loop = undefined;
  }

  return {
    async write({ sayings, instances, answers = [], revision }) {
      if (sayings.length === 0 && instances.size === 0 && answers.length === 0) return;
      pending.sayings.push(...sayings);
      for (const [id, body] of instances) pending.instances.set(id, body);
      pending.answers.push(...answers);
      pending.revision = revision;
      const { promise, resolve } = Promise.withResolvers<void>();
      if (away === undefined) pending.done.push(resolve);
      else resolve();
      loop ??= run();
      await promise;
    },
    problem: () => (away === undefined ? undefined : `what changes is not written: ${away}`),
    async close() {
      if (away !== undefined) stopping.abort();
      while (loop !== undefined) await loop;
      stopping.abort();
    },
  };
}

type Db = Kysely<CapabilityTables>;

const nothing = (revision: number): Pending => ({
  sayings: [],
  instances: new Map(),
  answers: [],
  revision,
  done: [],
});

const hasWork = ({ sayings, instances, answers }: Pending): boolean =>
  sayings.length + instances.size + answers.length > 0;

function settle({ done }: Pending): void {
  for (const resolve of done.splice(0)) resolve();
}

const isSame = (a: HeadRow, b: HeadRow): boolean =>
  a.publisher === b.publisher && a.next === b.next && a.revision === b.revision;

async function writeInstances(tx: Db, instances: Pending["instances"]): Promise<void> {
  const gone = [...instances].flatMap(([id, body]) => (body === undefined ? [id] : []));
  const rows = [...instances].flatMap(([id, body]) => (body === undefined ? [] : [{ id, body }]));
  for (let at = 0; at < gone.length; at += ROWS)
    await tx
      .deleteFrom("instance")
      .where("id", "in", gone.slice(at, at + ROWS))
      .execute();
  for (let at = 0; at < rows.length; at += ROWS)
    await tx
      .insertInto("instance")
      .values(rows.slice(at, at + ROWS))
      .onConflict((conflict) =>
        conflict.column("id").doUpdateSet(({ ref }) => ({ body: ref("excluded.body") })),
      )
      .execute();
}

/** Rows of one statement. */
const ROWS = 200;
