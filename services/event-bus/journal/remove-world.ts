import type { Store } from "@orrery/service";
import type { Journal } from "./part.ts";
import type { JournalTables } from "./tables.ts";

/**
 * Takes all that is a world's own out of the journal: nothing finds it from here on, and the room in the files comes
 * back as they are packed. What it shares with its parent is its parent's. @returns events taken out
 */
export async function removeWorld(
  { names, forks, keeper }: Journal,
  store: Store,
  worldId: string,
): Promise<number> {
  const db = store.as<JournalTables>();
  await forks.remove(worldId);
  const world = names.known(worldId);
  if (world === undefined) return 0;
  const events = await db.transaction().execute(async (tx) => {
    const { last, first, frames } = await tx
      .selectFrom("frame")
      .select(({ fn }) => [
        fn.sum("last").as("last"),
        fn.sum("first").as("first"),
        fn.countAll().as("frames"),
      ])
      .where("world", "=", world)
      .executeTakeFirstOrThrow();
    for (const table of ["frame", "mention", "cause"] as const)
      await tx.deleteFrom(table).where("world", "=", world).execute();
    await tx.deleteFrom("pin").where("world", "=", worldId).execute();
    return Number(last ?? 0) - Number(first ?? 0) + Number(frames);
  });
  keeper.forget(worldId);
  return events;
}
