import { create } from "@bufbuild/protobuf";
import { EventFilterSchema, IntakeCommitted } from "@orrery/schema/bus/v1";
import { ClockAdjusted } from "@orrery/schema/time/v1";
import type { Retention } from "@orrery/wire";
import type { Journal } from "../journal/part.ts";
import { DAY_GS, DAY_MS } from "./expired.ts";
import { type Floor, floorOf, type Reach } from "./floor.ts";
import type { Rules } from "./rules.ts";

/** What is kept of a world whatever its events' retention says, and what their days are counted from. */
export interface Hold extends Floor {
  /** As `Expiry.nowGs`. */
  readonly nowGs: number | undefined;
}

/** A writer that has recorded nothing for so long may be one that is no more. */
const QUIET_MS = 7 * DAY_MS;

/**
 * A replay reaches as far back as the records are kept that it goes by. Days of a world are counted back from where the
 * slowest of its writers has come, not from what its clock shows: what a jump told in a second is still an input of those
 * who go over it hour by hour.
 */
export async function holdOf(
  { keeper, reader, forks }: Pick<Journal, "keeper" | "reader" | "forks">,
  world: string,
  terms: { readonly rules: Rules; readonly nowMs: number; readonly early: boolean },
): Promise<Hold> {
  const { rules, nowMs, early } = terms;
  const newest = keeper.newest(world);
  const filter = create(EventFilterSchema, { types: [ClockAdjusted.typeName] });
  const asked = { world, filter, after: newest + 1, newest, newestFirst: true, limit: 1 };
  const hasClock = (await reader.page(asked)).events.length > 0;
  const kept = rules.of(IntakeCommitted.typeName, "bulk");
  const reach = { within: early ? () => false : withinOf(kept, hasClock, nowMs) };
  const floor = await floorOf(reader, forks, world, newest, { ...reach, quietSinceMs: nowMs - QUIET_MS });
  return { ...floor, nowGs: hasClock ? (floor.reachedGs ?? Number.NEGATIVE_INFINITY) : undefined };
}

function withinOf(kept: Retention, hasClock: boolean, nowMs: number): Reach["within"] {
  if (kept.kind === "forever") return () => true;
  if (kept.kind === "latest") return () => false;
  if (kept.kind === "game_days" && hasClock)
    return (record, newest) => record.gs >= newest.gs - kept.days * DAY_GS;
  return (record) => record.ms >= nowMs - kept.days * DAY_MS;
}
