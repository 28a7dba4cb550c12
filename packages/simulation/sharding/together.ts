import type { Kit } from "@orrery/service";
import { type Codec, encodeBytes, OrreryError } from "@orrery/wire";
import type { Aggregate } from "../aggregate.ts";
import { simulationErrors } from "../errors.ts";
import type { Handlers } from "../shard.ts";
import type { AnyState } from "../state/state.ts";
import type { ShardWorlds, Worlds } from "../worlds.ts";
import type { ShardCounts } from "./counts.ts";
import { createGather } from "./gather.ts";
import { shardOf } from "./whom.ts";

/** The shards of an aggregate as its service sees them: one thing, as far as it is here. */
export function togetherOf<S extends AnyState>(
  kit: Kit,
  aggregate: Aggregate<S>,
  handlers: Handlers,
  counts: ShardCounts,
  shards: readonly ShardWorlds<S>[],
): Worlds<S> {
  const first = shards[0] as ShardWorlds<S>;
  const hereOf = (world: string) => shards.filter((one) => one.has(world));
  const ask = createGather(kit, aggregate, counts, shards);
  /** What none of them has, the first one says why. */
  const someOf = (world: string) => {
    const here = hereOf(world);
    return here.length > 0 ? here : [first];
  };
  const one = (shard: number) => {
    const found = shards[shard];
    if (found === undefined)
      throw new OrreryError(simulationErrors.WORLD_SHARDS, { given: `shard ${shard} of ${aggregate.name}` });
    return found;
  };

  /** Where a command goes. Of a world that is not known the first shard says so. */
  async function placeOf<Q extends Codec>(world: string, request: Q, given: unknown): Promise<number> {
    const whom = handlers.commands.get(request.typeName)?.whom;
    if (shards.length === 1 || whom === undefined) return 0;
    const count = (await counts.read(world)) ?? 1;
    return shardOf(whom(request.decode(encodeBytes(request, given as never))), count);
  }

  const all = (listen: (shard: ShardWorlds<S>) => () => void) => {
    const stops = shards.map(listen);
    return () => {
      for (const stop of stops) stop();
    };
  };

  return {
    shards,
    ids: () => [...new Set(shards.flatMap((shard) => shard.ids()))],
    has: (world) => hereOf(world).length > 0,
    get active() {
      return shards.some(({ active }) => active);
    },
    state: (world, shard = 0) => one(shard).state(world),
    derived: (world, shard = 0) => one(shard).derived(world),
    of: (world, key) => one(shardOf(key, counts.known(world) ?? 1)).state(world),
    marks: (world) => someOf(world).flatMap((shard) => shard.marks(world)),
    command: async (world, request, reply, given, terms) =>
      one(await placeOf(world, request, given)).command(world, request, reply, given, terms),
    onChange: (listener) => all((shard) => shard.onChange((world) => listener(world, shard.shard))),
    onEnd: (listener) => all((shard) => shard.onEnd((world) => listener(world, shard.shard))),
    settled: async (world) => void (await Promise.all(someOf(world).map((shard) => shard.settled(world)))),
    committed: async (world) =>
      void (await Promise.all(someOf(world).map((shard) => shard.committed(world)))),
    gather: ask.gather,
    answers: ask.answers,
    answer: ask.answer,
  };
}
