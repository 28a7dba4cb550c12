import { create } from "@bufbuild/protobuf";
import { EventFilterSchema, IntakeCommitted } from "@orrery/schema/bus/v1";
import type { Forks, Stretch } from "../journal/forks.ts";
import type { Reader } from "../journal/read.ts";

const PAGE = 100;

/** The part of a world's past in which a place lies; a seam belongs to the older one. */
export function stretchOf(forks: Forks, world: string, position: number): Stretch {
  const stretches = forks.lineage(world);
  return stretches.find(({ to }) => position <= to) ?? (stretches.at(-1) as Stretch);
}

/**
 * The first place of a stretch at which each of the writers has a whole checkpoint of its own; infinite: one of them
 * has none yet.
 */
export async function begunAt(
  reader: Reader,
  { world, from, to }: Stretch,
  writers: readonly string[],
): Promise<number> {
  let begun = from + 1;
  for (const service of writers) {
    const own = await firstCheckpoint(reader, world, `${service}/${world}`, from, to);
    if (own === undefined) return Number.POSITIVE_INFINITY;
    begun = Math.max(begun, own);
  }
  return begun;
}

/** Where the last piece of a writer's first checkpoint lies. */
async function firstCheckpoint(
  reader: Reader,
  world: string,
  shard: string,
  from: number,
  to: number,
): Promise<number | undefined> {
  const filter = create(EventFilterSchema, { types: [IntakeCommitted.typeName], keys: [shard] });
  const newest = Math.min(to, Number.MAX_SAFE_INTEGER);
  let missing = 0;
  for (let after: number | undefined = from; after !== undefined; ) {
    const asked = { world, filter, after, newest, newestFirst: false, limit: PAGE };
    const page: Awaited<ReturnType<Reader["page"]>> = await reader.page(asked);
    for (const { payload, ordinal } of page.events) {
      const { checkpoint } = IntakeCommitted.decode(payload as Uint8Array);
      if (checkpoint === undefined) continue;
      if (checkpoint.part === 0) missing = checkpoint.parts;
      missing -= 1;
      if (missing === 0) return ordinal;
    }
    after = page.at;
  }
  return undefined;
}
