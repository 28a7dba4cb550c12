import { IntakeCommitted } from "@orrery/schema/bus/v1";
import type { Found } from "../journal/read.ts";

/**
 * How far each service has come in a world's journal, game seconds: as far as each of its shards has, up to the last of its
 * commits of which all has arrived. What is said of later moments is still on its way, in whole or in part, and nothing follows
 * from its absence.
 */
export function reachOf(events: readonly Found[]): ReadonlyMap<string, number> {
  const heads = new Map<string, number>();
  for (const { id } of events)
    heads.set(id?.publisher ?? "", Math.max(heads.get(id?.publisher ?? "") ?? 0, id?.sequence ?? 0));
  const reach = new Map<string, Map<string, number>>();
  const late = new Set<string>();
  const records = events
    .filter(({ type }) => type === IntakeCommitted.typeName)
    .map(({ payload }) => IntakeCommitted.decode(payload as Uint8Array))
    .sort((a, b) => a.intakeSeq - b.intakeSeq);
  for (const { service, shard, emitted, atGs } of records) {
    const isWhole = emitted.every(
      ({ publisher, first, count }) => (heads.get(publisher) ?? 0) >= first + count - 1,
    );
    if (!isWhole) late.add(shard);
    const shards = reach.get(service) ?? new Map<string, number>();
    reach.set(service, shards);
    const before = shards.get(shard) ?? Number.NEGATIVE_INFINITY;
    shards.set(shard, late.has(shard) ? before : Math.max(before, atGs));
  }
  return new Map([...reach].map(([service, shards]) => [service, Math.min(...shards.values())]));
}
