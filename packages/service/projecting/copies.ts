import { OrreryError } from "@orrery/wire";
import { type Kysely, sql } from "kysely";
import { serviceErrors } from "../errors.ts";
import type { Kit } from "../kit.ts";
import type { KitTables } from "../store/kit-tables.ts";
import { type Copy, type Heard, markHeard } from "./marks.ts";

/** Where a projection's rows go: its service's store within one transaction, under the name of a world. */
export interface Into {
  /** Of the rows. While it is built again this is another name than the world's. */
  readonly world: string;
  as<T>(): Kysely<T>;
}

/** How a projection writes what it is told. */
export type Keep<E extends Heard> = (events: readonly E[], into: Into, kit: Kit) => Promise<void>;

/** What stands for a world while a copy is built beside: no world may be called so. */
export const besideOf = (world: string): string => `${world}~anew`;

/** A rebuild that says nothing for so long is gone: what is heard need not be told to its copy any more. */
const QUIET_MS = 30_000;

/** What a copy in the making is known by. */
export interface Building {
  readonly projection: string;
  readonly world: string;
  readonly token: string;
}

type Db = Kysely<KitTables>;

/**
 * Runs in a transaction that no other one on this projection of this world overlaps, in whichever process.
 * @param building the copy in the making; undefined: none
 */
export async function exclusively<T>(
  kit: Kit,
  copy: Copy,
  act: (db: Db, building: { readonly token: string; readonly isQuiet: boolean } | undefined) => Promise<T>,
): Promise<T> {
  return kit.store
    .as<KitTables>()
    .transaction()
    .execute(async (tx) => {
      // Writing the row holds it until the end: whoever else wants it waits here.
      await tx
        .insertInto("projected")
        .values({ ...copy, turn: 1, token: "", heard_ms: 0 })
        .onConflict((c) => c.columns(["projection", "world"]).doUpdateSet({ turn: sql`projected.turn + 1` }))
        .execute();
      const row = await tx
        .selectFrom("projected")
        .select(["token", "heard_ms"])
        .where("projection", "=", copy.projection)
        .where("world", "=", copy.world)
        .executeTakeFirstOrThrow();
      const isQuiet = kit.hostMs() - Number(row.heard_ms) > QUIET_MS;
      return act(tx, row.token === "" ? undefined : { token: row.token, isQuiet });
    });
}

/** The same for who builds a copy. @throws PROJECTION_TAKEN_OVER */
export async function asBuilder<T>(
  kit: Kit,
  { token, ...copy }: Building,
  act: (db: Db) => Promise<T>,
): Promise<T> {
  return exclusively(kit, copy, async (db, building) => {
    if (building?.token !== token)
      throw new OrreryError(serviceErrors.PROJECTION_TAKEN_OVER, {
        given: `${copy.projection} of ${copy.world}`,
      });
    await setBuilding(db, copy, token, kit.hostMs());
    return act(db);
  });
}

/** @param token empty: nobody builds any more */
export async function setBuilding(db: Db, copy: Copy, token: string, nowMs: number): Promise<void> {
  await db
    .updateTable("projected")
    .set({ token, heard_ms: nowMs })
    .where("projection", "=", copy.projection)
    .where("world", "=", copy.world)
    .execute();
}

/** Tells a copy what it has not heard yet, with the mark that it has. @returns how many that were */
export async function tell<E extends Heard>(
  kit: Kit,
  db: Db,
  copy: Copy,
  keep: Keep<E>,
  events: readonly E[],
): Promise<number> {
  const fresh = await markHeard(db, copy, events);
  if (fresh.length > 0)
    await keep(fresh, { world: copy.world, as: <T>() => db as unknown as Kysely<T> }, kit);
  return fresh.length;
}
