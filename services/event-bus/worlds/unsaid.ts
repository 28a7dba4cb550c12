import type { Kit, Part } from "@orrery/service";
import { type Journal, journal } from "../journal/part.ts";
import { removeWorld } from "../journal/remove-world.ts";
import { ends } from "./ends.ts";
import { sayEnd } from "./end.ts";
import { sayFork } from "./fork.ts";

const LOOK_MS = 2_000;
/** An end that is so old is nobody's any more. */
const LEFT_MS = 10_000;

/**
 * A world that begins or ends is written down here before it is said by whoever has the records of worlds. Where that one was away, or
 * this process died in between, it is said as soon as it can be.
 */
export const unsaid: Part<void> = {
  name: "unsaid",
  publishes: [],
  subscribes: [],
  async start(kit) {
    const stopping = new AbortController();
    const saying = say(kit, stopping.signal);
    return {
      handle: undefined,
      async stop() {
        stopping.abort();
        await saying;
      },
    };
  },
};

async function say(kit: Kit, stopping: AbortSignal): Promise<void> {
  const own = kit.part(journal);
  /** Ends that were said since this process began: who has heard one passes a repeat over. */
  const said = new Set<string>();
  const told = new Set<string>();
  const unlessAway = async (world: string, act: () => Promise<unknown>) => {
    try {
      await act();
      return true;
    } catch (err) {
      if (!told.has(world) && !stopping.aborted)
        kit.log.warn({ err, world }, "that it begins or has ended could not be said yet; tried again");
      told.add(world);
      return false;
    }
  };
  while (!stopping.aborted) {
    for (const row of own.forks.list())
      if (own.keeper.newest(row.world) === row.position && !kit.part(ends).list().has(row.world))
        await unlessAway(row.world, () => sayFork(row, kit));
    for (const [world, end] of [...kit.part(ends).list()]) {
      // A deletion after an archiving is another end.
      const name = `${world}/${end.deleted}`;
      // Whoever ends it just now says so themselves.
      if (said.has(name) || kit.hostMs() - end.atMs < LEFT_MS) continue;
      if (await unlessAway(world, () => endAgain(kit, own, world, end))) said.add(name);
    }
    await kit.clock.sleep(LOOK_MS, stopping);
  }
}

async function endAgain(
  kit: Kit,
  own: Journal,
  world: string,
  end: Parameters<typeof sayEnd>[2],
): Promise<void> {
  await sayEnd(kit, world, end);
  if (end.deleted) await removeWorld(own, kit.store, world);
}
