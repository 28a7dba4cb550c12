import { EventsFailed, type FrameBatch, type NewDeadLetter } from "@orrery/bus";
import { OrreryError, PLATFORM } from "@orrery/wire";
import { simulationErrors } from "../errors.ts";
import type { InHand } from "../in-hand.ts";
import { hasSeen } from "../marks.ts";
import type { Parked } from "../parked.ts";
import { openEvent, untilKeys } from "../personal.ts";
import type { Incoming } from "../shard.ts";
import type { TakingIn } from "../take-in.ts";
import type { Written } from "../written.ts";
import { createLastSaid } from "./last-said.ts";

/** What of a batch was not taken: why, and what waits for it. */
export interface Failed {
  readonly failures: Map<number, unknown>;
  readonly untried: Set<number>;
}

export const nothingFailed = (): Failed => ({ failures: new Map(), untried: new Set() });

/** @throws EventsFailed where something did */
export function throwFailed({ failures, untried }: Failed): void {
  if (failures.size > 0) throw new EventsFailed(failures, untried);
}

/** How the worlds of one aggregate take in what the platform says: each for itself, marked and recorded like its own. */
export interface PlatformTaking {
  /**
   * Hands a batch to every world. One that fails comes again, and who has taken it passes it over; one that stands still takes
   * it in when it goes on; one that begins is told what was said last.
   */
  take(batch: FrameBatch): Promise<void>;
  /** Writes down for whom a letter was given up: who has taken it, or has it set aside, is not among them. */
  giveUp(letter: NewDeadLetter): Promise<void>;
  /** Tells a world that begins what was said last. @param refused told of what it does not take */
  welcome(written: Written, refused: (event: Incoming, error: unknown) => void): Promise<void>;
  /** What is said waits for a world that begins. */
  waitFor(beginning: Promise<unknown>): void;
}

export function createPlatformTaking(hand: InHand, taking: TakingIn): PlatformTaking {
  const { keeping, worlds, stopping } = hand;
  const { kit, handlers } = keeping;
  const lastSaid = createLastSaid(keeping, hand.lease);
  const beginnings = new Set<Promise<unknown>>();

  /** A letter that this world gave up stays one until it goes on; of others it has a copy, or took them. */
  async function setAside(
    parked: Parked | undefined,
    world: string,
    batch: FrameBatch,
    { failures }: Failed,
  ): Promise<void> {
    if (batch.generation === 0) return parked?.keep(world, batch.frame);
    for (const event of batch.events())
      if (hand.givenUp.meet(world, event, batch.generation) === "redriven")
        failures.set(event.index, new OrreryError(simulationErrors.WORLD_PARKED, { given: world }));
  }

  return {
    async take(batch) {
      await lastSaid.keep(batch);
      await Promise.allSettled(beginnings);
      const opened = await untilKeys(kit, batch.signal, () => taking.opened(batch));
      const failed = nothingFailed();
      const { parked } = hand;
      const standing = parked?.goingOn() ?? [];
      for (const world of standing) await setAside(parked, world, batch, failed);
      const others = [...worlds.values()].filter(({ facts: { world } }) => !standing.includes(world));
      await Promise.all(
        others.map(async (written) => {
          await taking.committed(written, await taking.batch(written, batch, opened, failed));
        }),
      );
      throwFailed(failed);
    },
    async giveUp(letter) {
      const { publisher, sequence } = letter;
      for (const [world, { shard }] of worlds)
        if (!hasSeen(shard.progress, publisher, sequence)) await hand.givenUp.add({ ...letter, world });
    },
    async welcome(written, refused) {
      const { shard } = written;
      for (const event of await lastSaid.read()) {
        if (!handlers.events.has(event.type)) continue;
        const { event: opened } = await untilKeys(kit, stopping, () =>
          openEvent(hand.keeping.wholes, handlers, event, PLATFORM),
        );
        try {
          if (!taking.concerns(written, opened)) continue;
          shard.takeEvent(opened);
        } catch (error) {
          // A state torn by it must not live.
          if (shard.broken) throw error;
          refused(event, error);
        }
      }
    },
    waitFor(beginning) {
      beginnings.add(beginning);
      const forget = () => void beginnings.delete(beginning);
      beginning.then(forget, forget);
    },
  };
}
