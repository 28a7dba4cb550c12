import { type FrameBatch, isTriedAgain } from "@orrery/bus";
import { handlingSpan } from "@orrery/service";
import { PackPart } from "@orrery/schema/world/v1";
import { OrreryError, PLATFORM } from "@orrery/wire";
import { simulationErrors } from "./errors.ts";
import { breather } from "./breathe.ts";
import type { InHand } from "./in-hand.ts";
import { leaveOpen, reopen } from "./marks.ts";
import { namesPack } from "./pack.ts";
import { detached, openEvent } from "./personal.ts";
import type { Failed } from "./platform/taking.ts";
import type { Incoming } from "./shard.ts";
import { shardIn } from "./sharding/names.ts";
import { isConcerned } from "./sharding/whom.ts";
import { handlingTrace } from "./trace.ts";
import type { Written } from "./written.ts";

/** How worlds take in events. */
export interface TakingIn {
  /** Whether it is for this shard of its world. */
  concerns(written: Written, event: Pick<Incoming, "type" | "key" | "payload" | "opened">): boolean;
  /** @returns whether it was taken: one that was handled before is not. @throws what the handler throws */
  one(written: Written, event: Incoming, redriven: boolean): Promise<boolean>;
  /** Hands a world what of the batch it has not taken. @returns whether there was any */
  batch(
    written: Written,
    batch: FrameBatch,
    opened: ReadonlyMap<number, Incoming> | undefined,
    failed: Failed,
  ): Promise<boolean>;
  /** Events of a batch by their index, personal fields opened; undefined: they can be taken as they come. */
  opened(batch: FrameBatch): Promise<ReadonlyMap<number, Incoming> | undefined>;
  /**
   * Resolves once all that a world took in so far is committed, and on the bus what it caused: where nothing waits in a
   * world, nothing more follows in it.
   * @param touched it took something in just now; else what it took in before may still be on its way to the store
   * @throws WORLD_NOT_OURS when a commit of it was refused
   */
  committed(written: Written, touched: boolean): Promise<void>;
  /** @throws WORLD_NOT_OURS when a commit of it was refused: what it took in since is nowhere, and counts as not heard */
  checkOurs(written: Written): void;
}

/** @param isRefused of a world whose commit was refused */
export function createTakingIn(hand: InHand, isRefused: (written: Written) => boolean): TakingIn {
  const { keeping, mending } = hand;
  const { kit, aggregate, handlers } = keeping;
  const seconds = kit.metrics.histogram(
    "orrery_input_seconds",
    "Time to handle one event of a world",
    [0.0001, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.05, 0.2, 1],
    ["type"],
  );

  function checkOurs(written: Written): void {
    if (isRefused(written))
      throw new OrreryError(simulationErrors.WORLD_NOT_OURS, {
        given: `${kit.service}, ${written.facts.world}`,
      });
  }

  async function one(written: Written, event: Incoming, redriven: boolean): Promise<boolean> {
    const { publisher, sequence, type } = event;
    try {
      await mending.whole(written);
      const { shard, facts } = written;
      if (redriven) reopen(shard.progress, publisher, sequence);
      const own = handlingTrace(event.traceparent, facts, publisher, sequence);
      const beganMs = kit.clock.now();
      const take = () => shard.takeEvent(event);
      const taken =
        own === undefined ? take() : handlingSpan(kit.service, facts.world, event, own, beganMs, take);
      const tookMs = kit.clock.now() - beganMs;
      written.tail.ms += tookMs;
      seconds(tookMs / 1000, { type });
      hand.took(facts.world, type, tookMs);
      if (redriven) written.redriven.push({ publisher, sequence });
      return taken;
    } catch (error) {
      hand.refused(type);
      leaveOpen(written.shard.progress, publisher, sequence);
      mending.begin(written);
      throw error;
    }
  }

  const own = shardIn(keeping.part);
  function concerns({ shard }: Written, event: Parameters<TakingIn["concerns"]>[1]): boolean {
    const { shards } = shard.progress;
    const handler = shards > 1 ? handlers.events.get(event.type) : undefined;
    return handler === undefined || isConcerned(handler, event, { shard: own, shards });
  }

  return {
    concerns,
    one,
    async batch(written, batch, opened, { failures, untried }) {
      const { world } = written.facts;
      let touched = false;
      /** Keys whose next event waits for one that failed. */
      const held = new Set<string>();
      const breathe = breather(kit.clock);
      for (const event of batch.events()) {
        // A frame may hold hundreds: sockets and commits get their turn in between.
        await breathe();
        const { index, key } = event;
        if (event.type === PackPart.typeName) continue;
        // How worlds begin and end is said in each.
        if (world !== batch.world && !handlers.events.has(event.type)) continue;
        const incoming = opened?.get(index) ?? event;
        try {
          if (!concerns(written, incoming)) continue;
        } catch (error) {
          failures.set(index, error);
          continue;
        }
        if (held.has(key)) {
          untried.add(index);
          // Others of its frame go ahead: its place is kept, as that of the one it waits for.
          leaveOpen(written.shard.progress, event.publisher, event.sequence);
          continue;
        }
        try {
          const met = hand.givenUp.meet(world, event, batch.generation);
          if (met === "past") continue;
          if (!(await one(written, incoming, met === "redriven"))) continue;
          touched = true;
          hand.changed(world);
        } catch (error) {
          failures.set(index, error);
          if (isTriedAgain(error) && batch.holds(index)) held.add(key);
        }
      }
      return touched;
    },
    async opened(batch) {
      const ofPlatform = batch.world === PLATFORM && aggregate.of === "world";
      const { types } = batch.frame;
      if (!ofPlatform && !kit.personal.concerns(types) && !namesPack(types)) return undefined;
      const opened = new Map<number, Incoming>();
      for (const event of batch.events()) {
        const copy = { ...detached(event), ofPlatform };
        opened.set(event.index, (await openEvent(keeping.wholes, handlers, copy, batch.world)).event);
      }
      return opened;
    },
    async committed(written, touched) {
      checkOurs(written);
      if (touched || written.shard.pending.length > 0 || hand.committer?.busy(written)) {
        await mending.whole(written);
        await hand.committer?.commit(written);
      }
      await kit.outbox.sent();
      checkOurs(written);
    },
    checkOurs,
  };
}
