import { IntakeCommitted } from "@orrery/schema/bus/v1";
import type { Found } from "../journal/read.ts";

/**
 * How far each writer of a world has come in its journal, game seconds: up to the last of its commits of which all has
 * arrived. What a writer says of later moments is still on its way, in whole or in part, and nothing follows from its
 * absence.
 */
export function reachOf(events: readonly Found[]): ReadonlyMap<string, number> {
  const heads = new Map<string, number>();
  for (const { id } of events)
    heads.set(id?.publisher ?? "", Math.max(heads.get(id?.publisher ?? "") ?? 0, id?.sequence ?? 0));
  const reach = new Map<string, number>();
  const late = new Set<string>();
  const records = events
    .filter(({ type }) => type === IntakeCommitted.typeName)
    .map(({ payload }) => IntakeCommitted.decode(payload as Uint8Array))
    .sort((a, b) => a.intakeSeq - b.intakeSeq);
  for (const { service, emitted, atGs } of records) {
    const isWhole = emitted.every(
      ({ publisher, first, count }) => (heads.get(publisher) ?? 0) >= first + count - 1,
    );
    if (!isWhole) late.add(service);
    if (!late.has(service))
      reach.set(service, Math.max(reach.get(service) ?? Number.NEGATIVE_INFINITY, atGs));
  }
  return reach;
}
