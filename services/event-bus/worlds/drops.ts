import { create } from "@bufbuild/protobuf";
import { EventFilterSchema } from "@orrery/schema/bus/v1";
import type { DroppedEvent, Pack } from "@orrery/schema/world/v1";
import type { Kit } from "@orrery/service";
import { type InitOf, OrreryError } from "@orrery/wire";
import { journalErrors } from "../errors.ts";
import type { Reader } from "../journal/read.ts";

/**
 * Whether a fork could do without these: a type that no state of a world emits, or a key that neither an event nor the
 * pack has ever named, would be left out by nobody.
 * @throws BUS_DROP_UNKNOWN
 */
export async function checkDrops(
  kit: Pick<Kit, "peers">,
  reader: Reader,
  world: string,
  drops: readonly DroppedEvent[],
  pack: InitOf<typeof Pack> | undefined,
): Promise<void> {
  const writers = kit.peers().filter(({ aggregates }) => aggregates.length > 0);
  const types = new Set(writers.flatMap(({ publishes }) => publishes));
  for (const { type, key } of drops) {
    if (types.size > 0 && !types.has(type))
      throw new OrreryError(journalErrors.BUS_DROP_UNKNOWN, { given: `type ${type}` });
    if (key === "" || idsIn(pack).has(key)) continue;
    const filter = create(EventFilterSchema, { keys: [key] });
    const newest = Number.MAX_SAFE_INTEGER;
    const { events } = await reader.page({ world, filter, after: 0, newest, newestFirst: false, limit: 1 });
    if (events.length === 0)
      throw new OrreryError(journalErrors.BUS_DROP_UNKNOWN, { given: `key ${key} of ${type}` });
  }
}

/** Every id that a pack gives to something. */
function idsIn(part: unknown, ids = new Set<string>()): Set<string> {
  if (typeof part !== "object" || part === null || ArrayBuffer.isView(part)) return ids;
  if ("id" in part && typeof part.id === "string") ids.add(part.id);
  for (const below of Object.values(part)) idsIn(below, ids);
  return ids;
}
