import { WorldArchived, WorldCreated } from "@orrery/schema/world/v1";
import type { Part } from "@orrery/service";
import { type Codec, createFrameWriter, type InitOf } from "@orrery/wire";

export interface WorldMaker {
  /** Says that a world exists. Resolves when that is kept. */
  begins(world: string, madeMs: number, created: InitOf<typeof WorldCreated>): Promise<void>;
  /** Says that a world has come to its end. Resolves when that is kept. */
  ends(world: string, endedMs: number, archived: InitOf<typeof WorldArchived>): Promise<void>;
}

/** A small pack may travel within it. */
const FRAME_MAX_BYTES = 1024 * 1024;

/** Speaks for forks, so that every service begins them, and for worlds that end, so that each lets them go. */
export const worldMaker: Part<WorldMaker> = {
  name: "world-maker",
  publishes: [WorldCreated, WorldArchived],
  subscribes: [],
  async start(kit) {
    /** The same each time it is said: who has heard it passes a repeat over. */
    async function say<C extends Codec>(
      world: string,
      name: string,
      timeMs: number,
      codec: C,
      event: InitOf<C>,
    ): Promise<void> {
      const writer = createFrameWriter(
        {
          publisher: `${kit.service}/${world}/${name}${Math.floor(timeMs).toString(36)}`,
          source: kit.service,
          world,
          lane: "standard",
          fingerprint: kit.fingerprint,
          firstSequence: 1,
        },
        { maxBytes: FRAME_MAX_BYTES },
      );
      writer.append(codec, event, { timeMs });
      await kit.bus.send(writer.finish());
    }
    return {
      handle: {
        begins: (world, madeMs, created) => say(world, "", madeMs, WorldCreated, created),
        // A deletion after an archiving is another event.
        ends: (world, endedMs, archived) => say(world, "end-", endedMs, WorldArchived, archived),
      },
      async stop() {},
    };
  },
};
