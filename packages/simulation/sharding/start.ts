import type { Kit, Running } from "@orrery/service";
import type { Aggregate } from "../aggregate.ts";
import type { Handlers } from "../shard.ts";
import type { AnyState } from "../state/state.ts";
import { startWorlds, type Worlds } from "../worlds.ts";
import { createShardCounts } from "./counts.ts";
import { createSharing } from "./sharing.ts";
import { togetherOf } from "./together.ts";

/** The running form of an aggregate: a writer for each shard that a world may have, as far as they are here. */
export async function startShards<S extends AnyState>(
  kit: Kit,
  aggregate: Aggregate<S>,
  handlers: Handlers,
): Promise<Running<Worlds<S>>> {
  const codeVersion = await kit.versionOf(aggregate.definedIn);
  const counts = createShardCounts(kit, aggregate);
  const sharing = createSharing(kit, aggregate);
  await sharing.start();
  const terms = { aggregate, handlers, counts, codeVersion };
  const starts = Array.from({ length: aggregate.shards.most }, (_, shard) =>
    startWorlds(kit, { ...terms, shard, turn: sharing.turn(shard) }),
  );
  const settled = await Promise.allSettled(starts);
  const writers = settled.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const stop = async () => {
    // First: nobody takes up what is given back.
    await sharing.stop();
    await Promise.all(writers.map((writer) => writer.stop()));
  };
  const failed = settled.find((one) => one.status === "rejected");
  if (failed !== undefined) {
    await stop().catch(() => undefined);
    throw failed.reason;
  }
  const shards = writers.map(({ handle }) => handle);
  return { handle: togetherOf(kit, aggregate, handlers, counts, shards), stop };
}
