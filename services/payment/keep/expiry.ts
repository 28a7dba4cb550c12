import { HoldStatus } from "@orrery/schema/payment/v1";
import { TimerFired, TimeService } from "@orrery/schema/time/v1";
import { durableSubscription, type Kit, type Part, serviceErrors } from "@orrery/service";
import { OrreryError, PLATFORM } from "@orrery/wire";
import { book } from "../book.ts";
import { expire } from "../ledger/hold.ts";
import { HOLD } from "../store/rows.ts";
import type { PaymentTables } from "../tables.ts";

const LOOK_EVERY_MS = 1_000;
const PAGE = 100;
const TIMER = "holds";

const hears = { name: "expiry", subscribes: [TimerFired.typeName], durable: { order: "key" } } as const;

export interface Expiry {
  /** Ends the holds of a world whose time has come. @param now game seconds; of the platform Unix ms @returns how many */
  end(world: string, now: number): Promise<number>;
}

/**
 * Ends holds: those of tokens by real time, those of coins by their world's, told by one timer a world that stands at the
 * earliest of them.
 */
export const expiry: Part<Expiry> = {
  ...hears,
  publishes: [],
  async start(kit) {
    const stopping = new AbortController();
    /** What each world's timer stands at. */
    const timers = new Map<string, number>();
    let revision = 0;

    async function arm(world: string, dueGs: number): Promise<void> {
      if (timers.get(world) === dueGs) return;
      revision = Math.max(revision + 1, Math.floor(kit.clock.now() / 1_000));
      await kit.client(TimeService).scheduleTimer({
        worldId: world,
        idempotencyKey: `pay-${TIMER}-${world}-${revision}`.slice(-64),
        timer: { timerId: TIMER, revision, dueGs },
      });
      timers.set(world, dueGs);
    }

    async function look(): Promise<void> {
      await end(kit, PLATFORM, kit.clock.now());
      const rows = await kit.store
        .as<PaymentTables>()
        .selectFrom("hold")
        .select(({ fn }) => ["world", fn.min<number>("expires_at").as("dueGs")])
        .where("status", "=", HoldStatus.ACTIVE)
        .where("world", "!=", PLATFORM)
        .groupBy("world")
        .execute();
      // A world that cannot be asked for a timer now leaves the others theirs.
      for (const { world, dueGs } of rows)
        await arm(world, Number(dueGs)).catch((error: unknown) =>
          kit.log.debug({ err: error, world }, "no timer for its holds yet"),
        );
    }

    const run = async () => {
      while (!stopping.signal.aborted) {
        await kit.clock.sleep(LOOK_EVERY_MS, stopping.signal);
        if (stopping.signal.aborted || !kit.part(book).active) continue;
        await look().catch((error: unknown) => kit.log.debug({ err: error }, "holds were not looked at"));
      }
    };
    const running = run();
    const subscription = kit.bus.subscribe({
      ...durableSubscription(kit, hears),
      async handle(event) {
        const { owner, timerId, atGs } = event.decode(TimerFired);
        if (owner !== kit.service || timerId !== TIMER) return;
        if (!kit.part(book).active)
          throw new OrreryError(serviceErrors.SERVICE_NOT_READY, { given: "the books" });
        timers.delete(event.world);
        await end(kit, event.world, atGs);
      },
    });
    await subscription.ready;
    return {
      handle: { end: (world, now) => end(kit, world, now) },
      async stop() {
        stopping.abort();
        await running;
        await subscription.drain();
      },
    };
  },
};

async function end(kit: Kit, world: string, now: number): Promise<number> {
  for (let count = 0; ; ) {
    const rows = await kit.store
      .as<PaymentTables>()
      .selectFrom("hold")
      .select("id")
      .where("world", "=", world)
      .where("status", "=", HoldStatus.ACTIVE)
      .where("expires_at", "<=", now)
      .orderBy("expires_at")
      .limit(PAGE)
      .execute();
    if (rows.length === 0) return count;
    await kit.part(book).submit({
      worlds: [world],
      reads: rows.map(({ id }) => ({ table: HOLD, key: [id] })),
      async run(draft) {
        for (const { id } of rows) {
          const row = await draft.get(HOLD, id);
          // Captured or released while this waited for its commit.
          if (row?.status === HoldStatus.ACTIVE) await expire(draft, row);
        }
      },
    });
    count += rows.length;
  }
}
