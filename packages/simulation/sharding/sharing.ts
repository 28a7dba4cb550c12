import type { Kit, KitTables } from "@orrery/service";
import type { Aggregate } from "../aggregate.ts";

/*
 * Processes that run one service share the shards of an aggregate. Each says every second that it is there, and is the writer
 * of no more than its share: all, divided by those who are there, upwards. Who has more gives back one after the other, in
 * good order; who is gone does not say so any more, and the others' shares grow.
 */

/** A writer, as far as sharing goes. */
export interface Shared {
  /** Lets another process become the writer; it stands by from then on. */
  give(): Promise<void>;
}

/** One shard's turn among those of its process. */
export interface Turn {
  /** Whether this process may be its writer; if so, it counts from now on. */
  reserve(): Promise<boolean>;
  /** It is not, after all or any more. */
  release(): void;
  taken(shared: Shared): void;
}

export interface Sharing {
  start(): Promise<void>;
  turn(shard: number): Turn;
  stop(): Promise<void>;
}

const SAY_MS = 1_000;
/** Who has not said for so long that it is there is gone: by then its leases still run, and nobody is kept waiting for it. */
const GONE_MS = 4_000;

const always: Turn = { reserve: async () => true, release: () => undefined, taken: () => undefined };

export function createSharing(
  { store, service, instance, clock, log }: Pick<Kit, "store" | "service" | "instance" | "clock" | "log">,
  { name: aggregate, shards: { most } }: Pick<Aggregate, "name" | "shards">,
): Sharing {
  // Whoever is first has the only one.
  if (most === 1) return { start: async () => undefined, turn: () => always, stop: async () => undefined };
  const db = store.as<KitTables>();
  const prefix = `${service}/${aggregate}/process/`;
  const stopping = new AbortController();
  const reserved = new Set<number>();
  const shared = new Map<number, Shared>();
  let share = most;
  let saying: Promise<void> | undefined;
  let saidMs = Number.NEGATIVE_INFINITY;

  async function say(): Promise<void> {
    const now = clock.now();
    const mine = { owner: instance, until_ms: now + GONE_MS };
    await db
      .insertInto("lease")
      .values({ name: prefix + instance, ...mine })
      .onConflict((conflict) => conflict.column("name").doUpdateSet(mine))
      .execute();
    const others = await db
      .selectFrom("lease")
      .select("name")
      .where("name", ">=", prefix)
      .where("name", "<", `${prefix}\u{10ffff}`)
      .where("until_ms", ">", now)
      // Written before the host's clock was set back: nobody says that he is there for so long.
      .where("until_ms", "<", now + 2 * GONE_MS)
      .execute();
    share = Math.ceil(most / Math.max(1, others.length));
    saidMs = clock.now();
  }

  /** Not more often than each second, however many want to know. */
  function looked(): Promise<void> {
    if (clock.now() - saidMs < SAY_MS) return Promise.resolve();
    saying ??= say().finally(() => (saying = undefined));
    return saying;
  }

  async function giveBack(): Promise<void> {
    for (const shard of [...reserved].reverse()) {
      if (reserved.size <= share || stopping.signal.aborted) return;
      await shared.get(shard)?.give();
    }
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      await looked()
        .then(giveBack)
        .catch((err: unknown) => log.warn({ err, aggregate }, "shards cannot be shared; tried again"));
      await clock.sleep(SAY_MS, stopping.signal);
    }
  }
  let running: Promise<void> | undefined;

  return {
    async start() {
      await say();
      running = run();
    },
    turn: (shard) => ({
      async reserve() {
        await looked();
        if (reserved.size >= share) return false;
        reserved.add(shard);
        return true;
      },
      release: () => void reserved.delete(shard),
      taken: (one) => void shared.set(shard, one),
    }),
    async stop() {
      stopping.abort();
      await running;
      await db
        .deleteFrom("lease")
        .where("name", "=", prefix + instance)
        .execute();
    },
  };
}
