import type { Kysely } from "kysely";
import { OrreryError } from "@orrery/wire";
import { journalErrors } from "../errors.ts";
import type { ForkRow, JournalTables } from "./tables.ts";

/** One world's own part of a past: ordinals above `from`, up to `to`. */
export interface Stretch {
  readonly world: string;
  readonly from: number;
  readonly to: number;
}

/** Which worlds share whose past. A fork costs one row: its history is read from its ancestors. */
export interface Forks {
  list(): readonly ForkRow[];
  get(world: string): ForkRow | undefined;
  /** The last ordinal that is not a world's own; 0 for one that is no fork. */
  startOf(world: string): number;
  /** The parts a world's past is made of, oldest first; the last one is its own and has no end. */
  lineage(world: string): readonly Stretch[];
  /** @throws BUS_WORLD_EXISTS */
  add(fork: ForkRow): Promise<void>;
  /** A fork that was deleted; nobody may descend from it. */
  remove(world: string): Promise<void>;
}

export async function loadForks(db: Kysely<JournalTables>): Promise<Forks> {
  const forks = new Map<string, ForkRow>();
  for (const row of await db.selectFrom("fork").selectAll().execute()) forks.set(row.world, row);
  const startOf = (world: string) => forks.get(world)?.position ?? 0;
  return {
    list: () => [...forks.values()],
    get: (world) => forks.get(world),
    startOf,
    lineage(world) {
      const stretches: Stretch[] = [];
      let to = Number.POSITIVE_INFINITY;
      for (let at: string | undefined = world; at !== undefined; at = forks.get(at)?.parent) {
        const from = startOf(at);
        if (from < to) stretches.unshift({ world: at, from, to });
        to = Math.min(to, from);
      }
      return stretches;
    },
    async add(fork) {
      if (forks.has(fork.world)) throw new OrreryError(journalErrors.BUS_WORLD_EXISTS, { given: fork.world });
      await db.insertInto("fork").values(fork).execute();
      forks.set(fork.world, fork);
    },
    async remove(world) {
      await db.deleteFrom("fork").where("world", "=", world).execute();
      forks.delete(world);
    },
  };
}
