import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Edge } from "@orrery/cli/edge.ts";
import { fastForward } from "@orrery/cli/run/fast-forward.ts";
import { TimeService } from "@orrery/schema/time/v1";
import { startOrrery } from "../kill9/orrery.ts";

const DAY_GS = 86_400;
const HOLD = "bench";

/** The real program on a folder of its own, with one world of Hollowmere whose clock is held. */
export async function startValley(seed: string) {
  const data = mkdtempSync(join(tmpdir(), "orrery-valley-"));
  const remove = () => rmSync(data, { recursive: true, force: true });
  const orrery = await startOrrery(data, undefined, ["--seed", seed]).catch((error: unknown) => {
    remove();
    throw error;
  });
  const { world } = orrery.edge;
  const time = orrery.edge.client(TimeService);
  await time.hold({ worldId: world, name: HOLD, idempotencyKey: randomUUID() });
  return {
    world,
    /** How the command line reaches it. */
    reach: ["--url", orrery.url, "--data", data] as const,
    edgeOf: (id: string): Edge => ({ ...orrery.edge, world: id }),
    nowGs: async (id: string) => (await time.getClock({ worldId: id })).now?.atGs ?? Number.NaN,
    /** Lets so much of a world's time pass, until everybody has followed. */
    async live(id: string, days: number): Promise<void> {
      const stop = new AbortController().signal;
      await fastForward({ ...orrery.edge, world: id }, days * DAY_GS, { isMeant: true, stop }, () => {});
    },
    async stop(): Promise<void> {
      await orrery.stop();
      remove();
    },
  };
}
