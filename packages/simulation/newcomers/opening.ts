import type { Lane } from "@orrery/schema/orrery";
import type { SnapshotRequest } from "@orrery/schema/router/v1";
import { SaidAnswer, SaidAsked } from "@orrery/schema/simulation/v1";
import type { Call, SaidBytes, SnapshotOf } from "@orrery/service";
import type { Codec, InitOf } from "@orrery/wire";
import type { Aggregate } from "../aggregate.ts";
import type { AggregatePart } from "../define.ts";
import type { ShardWorlds } from "../worlds.ts";
import { lastSaid } from "./last-said.ts";

/** What who comes now is told: the last event of each key, of the regions that are looked at; of all shards. */
export async function openingOf(
  aggregate: AggregatePart<any, any>,
  { worldId, regionIds }: SnapshotRequest,
  call: Call,
): Promise<SnapshotOf> {
  const codecs = codecsOf(aggregate);
  const answers = await call.part(aggregate).gather(worldId, SaidAsked, SaidAnswer, { regionIds });
  const events: SaidBytes[] = [];
  for (const { type, key, payload } of answers.flatMap((answer) => answer.events)) {
    const codec = codecs.get(type);
    if (codec !== undefined) events.push({ codec, key, payload });
  }
  const asOf = answers.flatMap((answer) => answer.asOf);
  return {
    events,
    asOf: asOf.map(({ lane, publisher, nextSequence }) => ({ lane, publisher, sequence: nextSequence - 1 })),
  };
}

/** The same of one shard, once all that it took in is committed. @throws WORLD_UNKNOWN, WORLD_NOT_OURS */
export async function openingHere(
  aggregate: Aggregate,
  shard: ShardWorlds,
  world: string,
  regionIds: readonly string[],
): Promise<InitOf<typeof SaidAnswer>> {
  await shard.settled(world);
  const regions = regionIds.includes("*") ? undefined : new Set(regionIds);
  const codecs = codecsOf(aggregate);
  const events = [];
  for (const said of lastSaid(shard.state(world))) {
    const codec = codecs.get(said.type);
    if (codec !== undefined && isLookedAt(codec, said.payload, regions)) events.push(said);
  }
  const asOf = shard
    .marks(world)
    .map(({ lane, publisher, sequence }) => ({ lane: lane as Lane, publisher, nextSequence: sequence + 1 }));
  return { events, asOf };
}

const codecsOf = ({ kept }: Pick<Aggregate, "kept">): ReadonlyMap<string, Codec> =>
  new Map([...kept].map((codec) => [codec.typeName, codec]));

/** Of many regions few are looked at; all else the edge picks. */
function isLookedAt(codec: Codec, payload: Uint8Array, regions: ReadonlySet<string> | undefined): boolean {
  const { audience, regionField } = codec.event ?? {};
  if (regions === undefined || audience !== "region" || regionField === undefined) return true;
  return regions.has((codec.view(payload) as Record<string, string>)[regionField] as string);
}
