import { create } from "@bufbuild/protobuf";
import { EventFilterSchema, IntakeCommitted } from "@orrery/schema/bus/v1";
import type { Forks } from "../journal/forks.ts";
import type { Reader } from "../journal/read.ts";

const PAGE = 500;

/**
 * The ordinal from which on a world is not pruned: of each writer the oldest checkpoint since `sinceMs`, or if it
 * has none its last one, so that a replay can begin there; and where a fork of it begins, which reads that too.
 */
export async function floorOf(
  reader: Reader,
  forks: Forks,
  world: string,
  newest: number,
  sinceMs: number,
): Promise<number> {
  const filter = create(EventFilterSchema, { types: [IntakeCommitted.typeName] });
  const shards = new Map<string, { readonly ordinal: number; readonly since: boolean }>();
  for (let at: number | undefined = newest + 1; at !== undefined; ) {
    const asked = { world, filter, after: at, newest, newestFirst: true, limit: PAGE };
    const page: Awaited<ReturnType<Reader["page"]>> = await reader.page(asked);
    for (const { payload, ordinal, timeMs = 0, world: of } of page.events) {
      if (of !== world) continue;
      const { shard, checkpoint } = IntakeCommitted.decode(payload as Uint8Array);
      if (checkpoint?.part !== 0) continue;
      const since = timeMs >= sinceMs;
      const known = shards.get(shard);
      // Going back in time: an older one inside the span replaces, one outside only fills a hole.
      if (known === undefined || since) shards.set(shard, { ordinal, since });
    }
    // Beyond the span every writer heard of has one; those heard of only earlier are looked for to the end.
    const last = page.events.at(-1);
    if (last !== undefined && (last.timeMs ?? 0) < sinceMs && shards.size > 0) break;
    at = page.at;
  }
  let floor = newest + 1;
  for (const { ordinal } of shards.values()) floor = Math.min(floor, ordinal);
  for (const fork of forks.list()) if (fork.parent === world) floor = Math.min(floor, fork.position);
  // A world that no writer keeps has nothing that could be replayed.
  return floor;
}
