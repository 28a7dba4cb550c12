import { WorldCreated } from "@orrery/schema/world/v1";
import type { Part } from "@orrery/service";
import { createFrameWriter, type InitOf } from "@orrery/wire";

export interface WorldMaker {
  /** Says that a world exists. Resolves when that is kept. */
  say(world: string, madeMs: number, created: InitOf<typeof WorldCreated>): Promise<void>;
}

/** A pack may be large: it travels in one event. */
const FRAME_MAX_BYTES = 1024 * 1024;

/** Speaks for forks, so that every service begins them. */
export const worldMaker: Part<WorldMaker> = {
  name: "world-maker",
  publishes: [WorldCreated],
  subscribes: [],
  async start(kit) {
    return {
      handle: {
        async say(world, madeMs, created) {
          const writer = createFrameWriter(
            {
              // The same each time it is said: who has heard it passes a repeat over.
              publisher: `${kit.service}/${world}/${Math.floor(madeMs).toString(36)}`,
              source: kit.service,
              world,
              lane: "standard",
              fingerprint: kit.fingerprint,
              firstSequence: 1,
            },
            { maxBytes: FRAME_MAX_BYTES },
          );
          writer.append(WorldCreated, created, { timeMs: madeMs });
          await kit.bus.send(writer.finish());
        },
      },
      async stop() {},
    };
  },
};
