import type { SnapshotRequest } from "@orrery/schema/router/v1";
import type { Call, SaidBytes, SnapshotOf } from "@orrery/service";
import type { Codec } from "@orrery/wire";
import type { AggregatePart } from "../define.ts";
import { lastSaid } from "./last-said.ts";

/** What who comes now is told: the last event of each key, of the regions that are looked at. */
export async function openingOf(
  aggregate: AggregatePart<any, any>,
  { worldId, regionIds }: SnapshotRequest,
  call: Call,
): Promise<SnapshotOf> {
  const worlds = call.part(aggregate);
  await worlds.settled(worldId);
  const regions = regionIds.includes("*") ? undefined : new Set(regionIds);
  const codecs = new Map([...aggregate.kept].map((codec) => [codec.typeName, codec] as const));
  const events: SaidBytes[] = [];
  for (const { type, key, payload } of lastSaid(worlds.state(worldId))) {
    const codec = codecs.get(type);
    if (codec !== undefined && isLookedAt(codec, payload, regions)) events.push({ codec, key, payload });
  }
  return { events, asOf: worlds.marks(worldId) };
}

/** Of many regions few are looked at; all else the edge picks. */
function isLookedAt(codec: Codec, payload: Uint8Array, regions: ReadonlySet<string> | undefined): boolean {
  const { audience, regionField } = codec.event ?? {};
  if (regions === undefined || audience !== "region" || regionField === undefined) return true;
  return regions.has((codec.view(payload) as Record<string, string>)[regionField] as string);
}
