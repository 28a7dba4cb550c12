import { type FrameBatch, GivenUpBefore } from "@orrery/bus";
import { PackPart, WorldArchived, WorldCreated } from "@orrery/schema/world/v1";
import { OrreryError } from "@orrery/wire";
import { beginShard } from "./begin.ts";
import { simulationErrors } from "./errors.ts";
import { factsOf, type InHand, writtenOf } from "./in-hand.ts";
import { reopen } from "./marks.ts";
import { createParked, type Parked } from "./parked.ts";
import { detached, openEvent, untilKeys } from "./personal.ts";
import type { PlatformTaking } from "./platform/taking.ts";
import { recoverShard } from "./recover.ts";
import type { Incoming } from "./shard.ts";
import { shardIn } from "./sharding/names.ts";
import type { TakingIn } from "./take-in.ts";
import type { Written } from "./written.ts";

/** How worlds begin, are found again, stand still and end. */
export interface ComingAndGoing {
  /**
   * A world's first event opens its shard. Undefined: this is none, or the shard cannot be opened here and now. A fork
   * begins beside the stream: what it inherits is asked for, and the others are not to wait for the answer.
   */
  beginIn(batch: FrameBatch): Promise<Written | undefined>;
  /** @returns whether the store knows it. @throws what `recoverShard` throws */
  recover(world: string): Promise<boolean>;
  /** What its world cannot take in now waits for it. A letter that is sent again stays one until its world goes on. */
  setAside(batch: FrameBatch): Promise<void>;
  /** Lets a world go: what it took in so far is its last. */
  endIn(batch: FrameBatch): Promise<void>;
  parking(): Parked;
}

/** @param over told of a world that ended */
export function createComingAndGoing(
  hand: InHand,
  taking: TakingIn,
  platform: PlatformTaking,
  over: (world: string) => void,
): ComingAndGoing {
  const { keeping, worlds, stopping } = hand;
  const { kit, part, handlers, codeVersion } = keeping;

  /** @returns undefined where the world has no such shard */
  async function begin(world: string, first: Incoming): Promise<Written | undefined> {
    const { event } = await openEvent(keeping.wholes, handlers, first, world);
    const shards = await keeping.counts.fix(world, WorldCreated.decode(event.opened ?? event.payload));
    if (shards <= shardIn(part)) return undefined;
    const refused = (late: Incoming, err: unknown) => {
      hand.refused(late.type);
      kit.log.warn({ err, world, type: late.type }, "a world that begins refused an event from before");
    };
    const { written, isFork, takeFirst } = await beginShard(keeping, factsOf(hand, world), event, shards);
    if (isFork) await hand.committer?.keep(written);
    takeFirst(refused);
    await platform.welcome(written, refused);
    if (isFork) await hand.committer?.commit(written);
    worlds.set(world, written);
    hand.changed(world);
    return written;
  }

  async function recover(world: string): Promise<boolean> {
    const written = await untilKeys(kit, stopping, () => recoverShard(keeping, factsOf(hand, world)));
    if (written === undefined) return false;
    const { adopted } = written;
    if (adopted !== undefined) {
      kit.log.warn({ world, ...adopted, to: codeVersion }, "takes on what this code makes of its inputs");
      await hand.committer?.commit(written);
      // Until then a start would ask once more.
      await written.cut?.ended;
    }
    worlds.set(world, written);
    return true;
  }

  /** It was given up before its world stood still: whoever redrives it hands it in again. */
  function isLetter(world: string, event: Incoming): boolean {
    try {
      return hand.givenUp.meet(world, event, 0) === "past";
    } catch (error) {
      if (error instanceof GivenUpBefore) return true;
      throw error;
    }
  }

  async function end(world: string, deleted: boolean): Promise<void> {
    const written = worlds.get(world);
    worlds.delete(world);
    await hand.parked?.forget(world);
    while (written !== undefined && (written.shard.pending.length > 0 || hand.committer?.busy(written)))
      await hand.committer?.commit(written);
    await written?.cut?.drop();
    await hand.ended.end(world, deleted);
    over(world);
  }

  return {
    recover,
    async beginIn(batch) {
      const { world } = batch;
      if (hand.parked?.has(world)) return undefined;
      for (const event of batch.events()) {
        if (event.type === PackPart.typeName) continue;
        if (event.type !== WorldCreated.typeName || event.decode(WorldCreated).forkedFrom !== undefined)
          return undefined;
        const beginning = begin(world, detached(event));
        platform.waitFor(beginning);
        try {
          return await beginning;
        } catch (error) {
          hand.parked?.park(world, error);
          return undefined;
        }
      }
      return undefined;
    },
    async setAside({ world, frame, generation }) {
      if (generation > 0) {
        hand.parked?.check(world);
        throw new OrreryError(simulationErrors.WORLD_UNKNOWN, { given: world });
      }
      await hand.parked?.keep(world, frame);
    },
    async endIn(batch) {
      for (const event of batch.events())
        if (event.type === WorldArchived.typeName)
          await end(batch.world, event.decode(WorldArchived).deleted);
    },
    parking: () =>
      createParked({
        kit,
        part,
        wants: (type) => type === WorldCreated.typeName || handlers.events.has(type),
        async open(world, beginning) {
          if (!worlds.has(world) && !(await recover(world))) {
            if (beginning === undefined) return false;
            const begun = await begin(world, beginning.created);
            if (begun === undefined) {
              await hand.parked?.forget(world);
              return false;
            }
            for (const { publisher, sequence } of beginning.earlier)
              reopen(begun.shard.progress, publisher, sequence);
          }
          hand.changed(world);
          return true;
        },
        async take(world, event) {
          const { event: opened } = await untilKeys(kit, stopping, () =>
            openEvent(keeping.wholes, handlers, event, world),
          );
          if (isLetter(world, opened)) return;
          const written = writtenOf(hand, world);
          if (taking.concerns(written, opened) && (await taking.one(written, opened, false)))
            hand.changed(world);
        },
        commit: async (world) => hand.committer?.commit(writtenOf(hand, world)),
      }),
  };
}
