import type { Clock, Consumer } from "@orrery/bus";
import type { Connection } from "./connection.ts";
import type { Durables } from "./durable.ts";
import type { Known, Subscriptions } from "./known.ts";
import type { Names } from "./names.ts";
import type { Position } from "./ownership.ts";
import type { Records } from "./records.ts";
import type { Streams } from "./streams.ts";

/** How often the member of an ephemeral subscription says that it lives, and when others believe that it does not. */
const SEEN_MS = 300_000;
const ABANDONED_MS = 3_600_000;

export interface ForgetTerms {
  readonly connection: Connection;
  readonly clock: Clock;
  readonly names: Names;
  readonly streams: Streams;
  readonly durables: Durables;
  readonly leaseMs: number;
  readonly records: Records;
  readonly subscriptions: Subscriptions;
  readonly closing: AbortSignal;
}

/** Takes subscriptions away with all that the server keeps of them. */
export function createForgetting(terms: ForgetTerms) {
  const { connection, clock, names, streams, durables, leaseMs, records, subscriptions, closing } = terms;
  const { jsm } = connection;
  const tended = new Set<string>();
  let tending: Promise<void> | undefined;

  async function remove(id: string): Promise<void> {
    for (const stream of [...(await streams.worlds()), names.retries])
      await durables.remove(stream, names.consumer(id));
    await jsm.streams.purge(names.retries, { filter: names.retry(id) });
    await jsm.streams.purge(names.letters, { filter: names.deadOf(id) });
    await jsm.streams.purge(names.letters, { filter: names.deadPiecesOf(id) });
    await subscriptions.remove(id);
    tended.delete(id);
  }

  /** The server's clock, by a record that was just written. */
  async function seenNow(id: string): Promise<Date | undefined> {
    await records.put(names.record("seen", id), {});
    return (await records.read(names.record("seen", id)))?.time;
  }

  /** Those of processes that died: nobody else takes them away. */
  async function sweep(now: Date): Promise<void> {
    for (const { id, ephemeral } of await subscriptions.all()) {
      if (ephemeral !== true || tended.has(id)) continue;
      const seen = await records.read(names.record("seen", id));
      const kept = seen ?? (await records.read(names.record("subscription", id)));
      if (kept !== undefined && now.getTime() - kept.time.getTime() > ABANDONED_MS) await remove(id);
    }
  }

  async function run(first: Date | undefined): Promise<void> {
    if (first !== undefined) await sweep(first).catch(() => undefined);
    while (!closing.aborted) {
      await clock.sleep(SEEN_MS, closing);
      if (closing.aborted) return;
      for (const id of tended) await seenNow(id).catch(() => undefined);
    }
  }

  return {
    remove,
    /** Says of an ephemeral subscription that it lives, from now on. */
    async tend(id: string): Promise<void> {
      tended.add(id);
      const now = await seenNow(id);
      tending ??= run(now);
    },
    /** A member of it holds the position, or waits for messages. */
    async isUsed({ spec }: Known): Promise<boolean> {
      if (spec.order === "key") {
        const kept = await records.read<Position>(names.record("position", spec.id));
        if (kept?.value === undefined || kept.value.owner === "") return false;
        return clock.now() - kept.time.getTime() < leaseMs;
      }
      for (const stream of [names.retries, ...(await streams.worlds())]) {
        const info = await jsm.consumers.info(stream, names.consumer(spec.id)).catch(() => undefined);
        if (info !== undefined && info.num_waiting > 0) return true;
      }
      return false;
    },
  };
}

/** A member that takes its subscription with it. */
export function endingWith(inner: Consumer, left: () => Promise<void>): Consumer {
  return {
    get standby() {
      return inner.standby;
    },
    pull: (maxFrames, maxBytes, signal) => inner.pull(maxFrames, maxBytes, signal),
    async close() {
      await inner.close();
      // Without a server: another process's sweep takes it away.
      await left().catch(() => undefined);
    },
  };
}
