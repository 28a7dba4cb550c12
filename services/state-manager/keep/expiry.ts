import { TimerFired, TimeService } from "@orrery/schema/time/v1";
import { durableSubscription, type Kit, type Part } from "@orrery/service";
import { sql } from "kysely";
import { collections } from "../collections/part.ts";
import { objects } from "../objects.ts";
import { ofLevel } from "../read/view.ts";
import type { StateTables } from "../tables.ts";
import { expired, expireJob } from "./expire.ts";
import { PLATFORM } from "@orrery/wire";

const LOOK_EVERY_MS = 1_000;
const TIMER = "expiry";

const hears = { name: "expiry", subscribes: [TimerFired.typeName], durable: { order: "key" } } as const;

/**
 * Ends objects: those of the platform by real time, a world's by its own time, told by one timer a world that stands
 * at the earliest of them.
 */
export const expiry: Part<void> = {
  ...hears,
  publishes: [],
  async start(kit) {
    const stopping = new AbortController();
    /** What each world's timer stands at. */
    const timers = new Map<string, number>();
    let revision = 0;

    /** Asks for a call at the earliest end there is, where the timer is not there already. */
    async function arm(world: string): Promise<void> {
      const dueGs = await earliest(kit, world);
      if (dueGs === undefined || timers.get(world) === dueGs) return;
      revision = Math.max(revision + 1, Math.floor(kit.clock.now() / 1_000));
      await kit.client(TimeService).scheduleTimer({
        worldId: world,
        idempotencyKey: `${TIMER}-${world}-${revision}`.slice(-64),
        timer: { timerId: TIMER, revision, dueGs },
      });
      timers.set(world, dueGs);
    }

    async function look(): Promise<void> {
      await end(kit, PLATFORM, kit.clock.now());
      const { heads } = kit.part(objects).ground;
      // A world that has ended has no clock; one that cannot be asked for a timer now leaves the others theirs.
      for (const world of new Set([...heads.values()].map((head) => head.world)))
        if (world !== PLATFORM && kit.part(collections).knows(world))
          await arm(world).catch((error: unknown) =>
            kit.log.debug({ err: error, world }, "expiry could not be asked for"),
          );
    }

    const run = async () => {
      while (!stopping.signal.aborted) {
        await kit.clock.sleep(LOOK_EVERY_MS, stopping.signal);
        if (stopping.signal.aborted || !kit.part(objects).active) continue;
        await look().catch((error: unknown) => kit.log.debug({ err: error }, "expiry was not looked at"));
      }
    };
    const running = run();
    const subscription = kit.bus.subscribe({
      ...durableSubscription(kit, hears),
      async handle(event) {
        const { owner, timerId, atGs } = event.decode(TimerFired);
        if (owner !== kit.service || timerId !== TIMER) return;
        timers.delete(event.world);
        await end(kit, event.world, atGs);
      },
    });
    await subscription.ready;
    return {
      handle: undefined,
      async stop() {
        stopping.abort();
        await running;
        await subscription.drain();
      },
    };
  },
};

async function earliest(kit: Kit, world: string): Promise<number | undefined> {
  const db = kit.store.as<StateTables>();
  const { heads, lineage } = kit.part(objects).ground;
  const ids = [...heads.values()].filter((head) => head.world === world).map(({ id }) => id);
  const row = await db
    .selectFrom("object")
    .select(({ fn }) => fn.min("expires_at").as("at"))
    .where("head", "in", ids)
    .where("expires_at", "is not", null)
    .executeTakeFirst();
  const ends = [row?.at];
  for (const levels of ids.map(lineage.levels))
    for (let at = 1; at < levels.length; at++) {
      const { rows } = await sql<{ at: number }>`select o.expires_at as at from object o
        where ${ofLevel(levels, at)} and o.expires_at is not null order by o.expires_at limit 1`.execute(db);
      ends.push(rows[0]?.at);
    }
  const known = ends.flatMap((at) => (at === null || at === undefined ? [] : [Number(at)]));
  return known.length === 0 ? undefined : Math.min(...known);
}

/** Deletes every object of a world whose time is over. */
export async function end(kit: Kit, world: string, now: number): Promise<void> {
  const { ground, submit } = kit.part(objects);
  const registry = kit.part(collections);
  const db = kit.store.as<StateTables>();
  for (const head of ground.heads.values()) {
    if (head.world !== world) continue;
    const collection = registry.kept(world, head.collection);
    for (;;) {
      const levels = kit.part(objects).ground.lineage.levels(head.id);
      const refs = await expired(db, head, levels, collection, now);
      if (refs.length === 0) break;
      await submit(expireJob(refs, now, kit.service));
    }
  }
}
