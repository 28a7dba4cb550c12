import type { CompiledQuery, Transaction } from "kysely";
import type { Clock } from "@orrery/bus";
import { peekFrame } from "@orrery/wire";
import type { KitTables } from "./kit-tables.ts";
import type { Store } from "./store.ts";
import { type Asked, together } from "./together.ts";

/** Where frames go: the bus, resolved once they are durable there. */
export type SendFrame = (frame: Uint8Array) => Promise<void>;

/**
 * Frames on their way from a commit to the bus. A frame is written in the transaction that made it, sent after
 * the commit, and forgotten in a later transaction once the bus has it: a crash in between sends it twice, and
 * readers drop the second by its sequence. Whoever goes on with streams may send what is being sent already, so that a frame
 * is forgotten twice: no id is ever given to another.
 */
export interface Outbox {
  /** To ask inside the transaction: keep these frames. Forgets what the bus has acknowledged meanwhile. */
  putting(frames: readonly Uint8Array[]): Asked<readonly number[]>;
  /** Asks it. */
  put(tx: Transaction<KitTables>, frames: readonly Uint8Array[]): Promise<readonly number[]>;
  /** After the commit: send. Resolves when the bus has them all; retries for as long as it takes. */
  send(ids: readonly number[], frames: readonly Uint8Array[]): Promise<void>;
  /** Resolves when the bus has all that `send` was given so far. */
  sent(): Promise<void>;
  /**
   * Sends what an earlier process left behind, in order. Whoever goes on with its streams does so first: what they say next
   * must not arrive ahead of it.
   * @param isOwn of a publisher; default: all
   */
  resume(isOwn?: (publisher: string) => boolean): Promise<number>;
  /** Frames that are committed and not yet with the bus. */
  unsent(): number;
  /** Why the oldest unsent frame is still here; undefined when all is well. */
  problem(): string | undefined;
  /** Stops retrying and forgets what is acknowledged. */
  close(): Promise<void>;
}

const RETRY_FIRST_MS = 50;
const RETRY_LAST_MS = 2_000;
const RESUME_PAGE = 100;

export function createOutbox(store: Store, sendFrame: SendFrame, clock: Clock): Outbox {
  const db = store.as<KitTables>();
  const stopping = new AbortController();
  let acknowledged: number[] = [];
  let failure: string | undefined;
  let unsent = 0;
  const sending = new Set<Promise<unknown>>();

  function forgetting(): CompiledQuery[] {
    if (acknowledged.length === 0) return [];
    const ids = acknowledged;
    acknowledged = [];
    return [db.deleteFrom("outbox").where("id", "in", ids).compile()];
  }

  async function forget(): Promise<void> {
    for (const query of forgetting()) await db.executeQuery(query);
  }

  function putting(frames: readonly Uint8Array[]): Asked<readonly number[]> {
    const queries = forgetting();
    if (frames.length === 0) return { queries, read: () => [] };
    const rows = frames.map((frame) => ({ frame })) as { id: number; frame: Uint8Array }[];
    const put = db.insertInto("outbox").values(rows).returning("id").compile();
    return {
      queries: [...queries, put],
      read: (results) => (results.at(-1)?.rows ?? []).map(({ id }) => Number(id)).sort((a, b) => a - b),
    };
  }

  async function sendOne(id: number, frame: Uint8Array): Promise<void> {
    for (let wait = RETRY_FIRST_MS; !stopping.signal.aborted; wait = Math.min(wait * 2, RETRY_LAST_MS)) {
      try {
        await sendFrame(frame);
        acknowledged.push(id);
        failure = undefined;
        return;
      } catch (error) {
        failure = error instanceof Error ? error.message : String(error);
        await clock.sleep(wait, stopping.signal);
      }
    }
  }

  return {
    putting,
    async put(tx, frames) {
      const [ids] = await together(tx, putting(frames));
      return ids;
    },
    async send(ids, frames) {
      unsent += ids.length;
      const all = Promise.all(
        ids.map((id, i) => sendOne(id, frames[i] as Uint8Array).finally(() => (unsent -= 1))),
      );
      sending.add(all);
      await all.finally(() => sending.delete(all));
    },
    async sent() {
      await Promise.all(sending);
    },
    unsent: () => unsent,
    async resume(isOwn) {
      let count = 0;
      for (let after = -1; ; ) {
        const rows = await db
          .selectFrom("outbox")
          .selectAll()
          .where("id", ">", after)
          .orderBy("id")
          .limit(RESUME_PAGE)
          .execute();
        if (rows.length === 0) break;
        const own = rows.filter(({ frame }) => isOwn?.(peekFrame(frame).publisher) ?? true);
        for (const row of own) await sendOne(Number(row.id), row.frame);
        after = Number(rows[rows.length - 1]?.id);
        count += own.length;
      }
      await forget();
      return count;
    },
    problem: () => (failure === undefined ? undefined : `frames wait for the bus: ${failure}`),
    async close() {
      stopping.abort();
      await forget();
    },
  };
}
