import type { FrameBatch } from "@orrery/bus";
import { type KitTables, writerSubscription } from "@orrery/service";
import { PackPart, WorldArchived } from "@orrery/schema/world/v1";
import { isError, PLATFORM } from "@orrery/wire";
import type { ComingAndGoing } from "./come-and-go.ts";
import { type Committer, createCommitter } from "./commit.ts";
import { simulationErrors } from "./errors.ts";
import { loadGivenUp } from "./given-up.ts";
import type { InHand } from "./in-hand.ts";
import { LEASE_MS } from "./lease.ts";
import { untilKeys } from "./personal.ts";
import { beginPlatform } from "./platform/begin.ts";
import { nothingFailed, type PlatformTaking, throwFailed } from "./platform/taking.ts";
import { typesOf } from "./shard.ts";
import { shardIn } from "./sharding/names.ts";
import type { Shared, Turn } from "./sharding/sharing.ts";
import type { TakingIn } from "./take-in.ts";
import type { Written } from "./written.ts";

/*
 * One process is the writer of a shard of all worlds, by a lease that it renews; the others stand by.
 *
 *   standing by --its turn, lease taken--> coming to lead --all worlds opened--> leading --lease lost--> standing by
 *        ^                                       |                                  |
 *        +------------failed---------------------+                 stop, or given: lease released
 *
 * Who comes to lead opens the worlds that the store knows, then takes in what is said from where each stands. Who leads no
 * more hands back what was not settled, commits what was taken in as far as the store lets it, and forgets the worlds.
 */

/** Whether this process is the writer, and its way to there and back. */
export interface Leading extends Shared {
  /** Resolves once it leads, or stands by. @throws what keeps the first one from leading */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Why it does not lead, or what is wrong while it does. */
  problem(): string | undefined;
}

const STANDBY_TRY_MS = 1_000;

/** @param refused told of a world whose commit was refused: what it took in goes with it */
export function createLeading(
  hand: InHand,
  taking: TakingIn,
  comingAndGoing: ComingAndGoing,
  platform: PlatformTaking,
  turn: Turn,
  refused: (written: Written) => void,
): Leading {
  const { keeping, lease, stopping, worlds, ended, mending } = hand;
  const { kit, part, aggregate, handlers } = keeping;
  const shard = shardIn(part);
  let leave: (() => Promise<void>) | undefined;
  /** Why it could not become the writer when it was its turn. */
  let failure: string | undefined;

  async function takeFrame(batch: FrameBatch): Promise<void> {
    const { world, frame } = batch;
    if (aggregate.of === "world" && world === PLATFORM) return platform.take(batch);
    if (aggregate.of === "platform" && world !== PLATFORM) return;
    if (frame.types.includes(PackPart.typeName) && (await onlyParts(batch))) return;
    if (frame.types.includes(WorldArchived.typeName)) return comingAndGoing.endIn(batch);
    if (ended.has(world) || isElsewhere(world)) return;
    const known = hand.parked?.has(world) ? undefined : worlds.get(world);
    const own = known ?? (await comingAndGoing.beginIn(batch));
    if (own === undefined) return isElsewhere(world) ? undefined : comingAndGoing.setAside(batch);
    const opened = await untilKeys(kit, batch.signal, () => taking.opened(batch));
    const failed = nothingFailed();
    const touched = await taking.batch(own, batch, opened, failed);
    await taking.committed(own, touched || known === undefined);
    // The others are committed: when the frame comes again without these, they are known and passed over.
    throwFailed(failed);
  }

  /** Keeps what a world is made of, which comes ahead of its beginning. @returns whether that was all */
  async function onlyParts(batch: FrameBatch): Promise<boolean> {
    let more = false;
    for (const event of batch.events())
      if (event.type === PackPart.typeName) await keeping.sections.keep(event.decode(PackPart));
      else more = true;
    return !more;
  }

  /** The world has fewer shards than this one's number. */
  const isElsewhere = (world: string) => (keeping.counts.known(world) ?? Number.POSITIVE_INFINITY) <= shard;

  /** The worlds that the store knows. */
  async function open(): Promise<void> {
    const db = kit.store.as<KitTables>();
    const rows = await db.selectFrom("shard").select("world").where("part", "=", part).execute();
    hand.parked = comingAndGoing.parking();
    await keeping.counts.load();
    for (const { world } of rows) {
      if (ended.has(world)) continue;
      // One state that cannot be read is one world's trouble.
      await comingAndGoing.recover(world).catch((error: unknown) => hand.parked?.park(world, error));
    }
    if (aggregate.of === "platform" && !worlds.has(PLATFORM) && !hand.parked.has(PLATFORM)) {
      const written = beginPlatform(keeping);
      await hand.committer?.commit(written);
      worlds.set(PLATFORM, written);
    }
    await hand.parked.load();
  }

  function subscribe() {
    const types = typesOf(aggregate, handlers);
    if (types.length === 0) return undefined;
    return kit.bus.subscribe({
      id: writerSubscription(kit.service, aggregate.name, shard),
      types,
      order: "key",
      from: "earliest",
      personal: "sealed",
      // Whoever had the lease before commits nothing more.
      takesOver: true,
      handleFrame: takeFrame,
      givingUp: (letter) =>
        aggregate.of === "world" && letter.world === PLATFORM
          ? platform.giveUp(letter)
          : hand.givenUp.add(letter),
    });
  }

  /** Streams of this shard, in whichever world. */
  const isOwn = (publisher: string) => {
    const [service, , ...rest] = publisher.split("/");
    return service === kit.service && rest.slice(0, -1).join("/") === part;
  };

  async function lead(): Promise<void> {
    await kit.outbox.resume(isOwn);
    // Another process may have been the writer meanwhile: what it gave up is read anew.
    hand.givenUp = await loadGivenUp(kit, part, lease);
    const own = createCommitter(keeping, lease, hand.givenUp, mending.begin);
    const commit: Committer["commit"] = (written, answer) =>
      own.commit(written, answer).catch((error: unknown) => {
        if (isError(error, simulationErrors.WORLD_COMMIT_REFUSED)) refused(written);
        throw error;
      });
    hand.committer = { ...own, commit };
    await open();
    const subscription = subscribe();
    const given = new AbortController();
    const step = async () => {
      leave = undefined;
      await subscription?.drain();
      await letGo([...worlds.values()]);
      turn.release();
    };
    const holding = lease.keep(AbortSignal.any([stopping, given.signal]), () => {
      kit.log.error({ part }, "the lease went to another process; this one stands by");
      void step().then(standBy);
    });
    leave = async () => {
      await step();
      given.abort();
      await holding;
      await lease.release();
    };
    for (const world of worlds.keys()) hand.changed(world);
  }

  /** What waits may be in the middle of a commit, which ends by this. */
  async function letGo(resting: readonly Written[]): Promise<void> {
    const closing = hand.parked?.close();
    await hand.committer?.close(resting);
    await closing;
    hand.committer = undefined;
    hand.parked = undefined;
    worlds.clear();
  }

  /** @returns whether it is this process's turn, and it holds the lease */
  async function mayLead(): Promise<boolean> {
    if (!(await turn.reserve())) return false;
    const held = await lease.acquire().catch((error: unknown) => {
      turn.release();
      throw error;
    });
    if (!held) turn.release();
    return held;
  }

  async function standBy(): Promise<void> {
    while (!stopping.aborted) {
      if (await mayLead().catch(() => false)) {
        try {
          await lead();
          failure = undefined;
          return;
        } catch (err) {
          failure = `it cannot become the writer: ${err instanceof Error ? err.message : String(err)}`;
          kit.log.error({ err }, "it could not become the writer; it tries again");
          // Another process may do better.
          await letGo([]);
          turn.release();
          await lease.release().catch(() => undefined);
        }
      }
      await kit.clock.sleep(STANDBY_TRY_MS, stopping);
    }
  }

  return {
    async start() {
      if (await mayLead()) await lead();
      else void standBy();
    },
    async give() {
      if (leave === undefined) return;
      await leave();
      kit.log.info({ part }, "another process may become the writer");
      void standBy();
    },
    stop: async () => leave?.(),
    problem: () =>
      hand.committer === undefined
        ? (failure ??
          `stands by: another process is the writer (taken over within ${LEASE_MS / 1000} s of its end)`)
        : hand.committer.problem(),
  };
}
