import { CutAsked, CutDone, SaidAnswer, SaidAsked, ShardService } from "@orrery/schema/simulation/v1";
import type { Kit } from "@orrery/service";
import { type Codec, encodeBytes, type InitOf, type MessageOf, OrreryError } from "@orrery/wire";
import type { Aggregate } from "../aggregate.ts";
import { simulationErrors } from "../errors.ts";
import { openingHere } from "../newcomers/opening.ts";
import type { ShardWorlds } from "../worlds.ts";
import type { ShardCounts } from "./counts.ts";

/** Asks all shards of a world one question, wherever their writers are. */
export interface Gather {
  /**
   * @returns the answers in the order of the shards, each of a moment of its own: what a shard has taken in by then, whether
   * committed or not
   * @throws WORLD_UNKNOWN, WORLD_NO_QUERY, WORLD_NOT_OURS while a shard has no writer
   */
  gather<Q extends Codec, R extends Codec>(
    world: string,
    question: Q,
    answer: R,
    given: InitOf<Q>,
  ): Promise<MessageOf<R>[]>;
  /** The same in bytes. @throws as `gather` */
  answers(world: string, type: string, question: Uint8Array): Promise<Uint8Array[]>;
  /** Of one shard that is here. @throws WORLD_UNKNOWN, WORLD_NO_QUERY, WORLD_NOT_OURS */
  answer(world: string, shard: number, type: string, question: Uint8Array): Promise<Uint8Array>;
}

export function createGather(
  kit: Pick<Kit, "service" | "elsewhere">,
  aggregate: Aggregate,
  counts: ShardCounts,
  shards: readonly ShardWorlds[],
): Gather {
  const known = new Map(aggregate.queries.map((query) => [query.request.typeName, query]));
  const isShared = aggregate.shards.most > 1;

  async function answer(
    world: string,
    shard: number,
    type: string,
    question: Uint8Array,
  ): Promise<Uint8Array> {
    const own = shards[shard];
    if (own === undefined) throw new OrreryError(simulationErrors.WORLD_UNKNOWN, { given: world });
    if (type === SaidAsked.typeName) {
      const { regionIds } = SaidAsked.decode(question);
      return encodeBytes(SaidAnswer, await openingHere(aggregate, own, world, regionIds));
    }
    if (type === CutAsked.typeName) return encodeBytes(CutDone, { wasDue: await own.cut(world) });
    const query = known.get(type);
    if (query === undefined)
      throw new OrreryError(simulationErrors.WORLD_NO_QUERY, { given: `${type} of ${aggregate.name}` });
    return encodeBytes(
      query.reply,
      query.answer(own.state(world), query.request.decode(question), own.derived(world)) as never,
    );
  }

  async function ask(world: string, shard: number, type: string, question: Uint8Array): Promise<Uint8Array> {
    if (shards[shard]?.has(world) === true) return answer(world, shard, type, question);
    const others = isShared ? kit.elsewhere(ShardService) : undefined;
    // As it would answer itself: which world it does not know, or whose it is.
    if (others === undefined) return answer(world, shard, type, question);
    return (await others.askShard({ worldId: world, aggregate: aggregate.name, shard, type, question }))
      .answer;
  }

  async function answers(world: string, type: string, question: Uint8Array): Promise<Uint8Array[]> {
    const count = await counts.read(world);
    if (count === undefined) throw new OrreryError(simulationErrors.WORLD_UNKNOWN, { given: world });
    return Promise.all(Array.from({ length: count }, (_, shard) => ask(world, shard, type, question)));
  }

  return {
    answer,
    answers,
    async gather(world, question, reply, given) {
      const found = await answers(world, question.typeName, encodeBytes(question, given));
      return found.map((one) => reply.decode(one) as MessageOf<typeof reply>);
    },
  };
}
