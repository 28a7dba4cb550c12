import type { Part } from "@orrery/service";
import { journal } from "../journal/part.ts";
import { removeWorld } from "../journal/remove-world.ts";
import { ends } from "./ends.ts";
import { sayEnd } from "./end.ts";
import { sayFork } from "./fork.ts";

/** A crash between writing down that a world begins or ends and saying so: it is said when this starts again. */
export const unsaid: Part<void> = {
  name: "unsaid",
  publishes: [],
  subscribes: [],
  async start(kit) {
    const own = kit.part(journal);
    const { forks, keeper } = own;
    for (const row of forks.list())
      if (keeper.newest(row.world) === row.position)
        await sayFork(row, kit).catch((err: unknown) =>
          kit.log.error({ err, world: row.world }, "a fork that was begun could not be told of"),
        );
    for (const [world, ended] of kit.part(ends).list()) {
      // Who has heard it passes it over.
      await sayEnd(kit, world, ended);
      if (ended.deleted) await removeWorld(own, kit.store, world);
    }
    return { handle: undefined, async stop() {} };
  },
};
