import { DeleteReason, EraseResponse, ItemGrant } from "@orrery/schema/state/v1";
import type { KitTables } from "@orrery/service";
import { encodeBytes } from "@orrery/wire";
import type { Kysely } from "kysely";
import type { Registry } from "../collections/registry.ts";
import { withInherited } from "../fork/lineage.ts";
import type { StateTables } from "../tables.ts";
import type { Author } from "../write/change.ts";
import type { Ground } from "../write/ground.ts";
import { type Held, heldOf } from "../write/held.ts";
import type { Job } from "../write/job.ts";
import { erasedHash } from "../write/load.ts";
import { refIn } from "../write/reference.ts";
import { BLANK } from "./blank.ts";
import { erasedName } from "./name.ts";

const ROWS_A_STATEMENT = 500;

interface Counts {
  objects: number;
  changes: number;
  slots: number;
  grants: number;
}

/**
 * Deletes all that is kept about a player: objects with their history, slots, answers, and who got which grant. Seqs
 * keep their places, and salted hashes of the identities keep their versions.
 */
export function eraseJob(
  registry: Registry,
  ground: () => Ground,
  salt: Uint8Array,
  player: string,
  author: Author,
  answer: Pick<Job, "answer">,
): Job<typeof EraseResponse> {
  let held: Held[] = [];
  let counts: Counts = { objects: 0, changes: 0, slots: 0, grants: 0 };

  return {
    owner: player,
    yields: false,
    needs: { refs: [] },
    ...answer,
    reply: EraseResponse,
    async prepare(tx, load) {
      // Of a fork first: what its parent has then does not go to it.
      const depth = ({ head }: Held) => ground().lineage.levels(head).length;
      held = (await objectsOf(tx, registry, ground(), player)).sort((a, b) => depth(b) - depth(a));
      await load({ refs: held.map(({ ref }) => ref) });
      counts = await countOf(tx, player, held);
    },
    apply(draft) {
      held = held.map((own) =>
        own.value === undefined ? own : draft.remove(own, DeleteReason.ERASED, author),
      );
      return counts;
    },
    async also(tx) {
      await eraseObjects(tx, salt, held);
      for (const table of ["slot", "pin"] as const)
        await tx.deleteFrom(table).where("player", "=", player).execute();
      await tx.deleteFrom("tally").where("owner", "=", player).execute();
      await eraseItems(tx, salt, player);
      await (tx as unknown as Kysely<KitTables>).deleteFrom("answer").where("world", "=", player).execute();
      ground().erased = true;
    },
  };
}

/** A player's objects in every world, also where a fork sees them with its parent. */
export async function objectsOf(
  db: Kysely<StateTables>,
  registry: Registry,
  ground: Ground,
  player: string,
): Promise<Held[]> {
  const heads = new Map([...ground.heads.values()].map((head) => [head.id, head]));
  const rows = await db.selectFrom("object").selectAll().where("owner", "=", player).orderBy("id").execute();
  const seen = withInherited(rows, ground.lineage, ({ key }) => key).map(({ inherited, ...row }) =>
    inherited ? { ...row, id: 0, place: row.place || row.id } : row,
  );
  return seen.flatMap((row) => {
    const head = heads.get(row.head);
    if (head === undefined) return [];
    const collection = registry.kept(head.world, head.collection);
    return [heldOf(refIn(collection, head.world, row.owner, row.key), row)];
  });
}

async function countOf(tx: Kysely<StateTables>, player: string, held: readonly Held[]): Promise<Counts> {
  const count = async (query: Promise<{ count: number | string | bigint } | undefined>) =>
    Number((await query)?.count ?? 0);
  return {
    objects: held.filter(({ value }) => value !== undefined).length,
    changes: await count(
      tx
        .selectFrom("change")
        .innerJoin("object", "object.id", "change.object")
        .where("object.owner", "=", player)
        .select(({ fn }) => fn.countAll().as("count"))
        .executeTakeFirst(),
    ),
    slots: await count(
      tx
        .selectFrom("slot")
        .where("player", "=", player)
        .where("name", "!=", "")
        .select(({ fn }) => fn.countAll().as("count"))
        .executeTakeFirst(),
    ),
    grants: await count(
      tx
        .selectFrom("item_grant")
        .where("owner", "=", player)
        .select(({ fn }) => fn.countAll().as("count"))
        .executeTakeFirst(),
    ),
  };
}

async function eraseObjects(tx: Kysely<StateTables>, salt: Uint8Array, held: readonly Held[]): Promise<void> {
  for (let at = 0; at < held.length; at += ROWS_A_STATEMENT) {
    const some = held.slice(at, at + ROWS_A_STATEMENT);
    const ids = some.flatMap(({ id }) => (id === 0 ? [] : [id]));
    await tx.updateTable("change").set({ body: BLANK }).where("object", "in", ids).execute();
    await tx.deleteFrom("snapshot").where("object", "in", ids).execute();
    await tx.deleteFrom("entry").where("object", "in", ids).execute();
    await tx.deleteFrom("object").where("id", "in", ids).execute();
    for (const { ref, version } of some) {
      await tx
        .insertInto("erased")
        .values({ hash: erasedHash(salt, ref), version })
        .onConflict((conflict) => conflict.column("hash").doUpdateSet({ version }))
        .execute();
    }
  }
}

/** A grant's key is known for ever; whom it was for is not. */
async function eraseItems(tx: Kysely<StateTables>, salt: Uint8Array, player: string): Promise<void> {
  const name = erasedName(salt, player);
  const rows = await tx.selectFrom("item_grant").selectAll().where("owner", "=", player).execute();
  for (const row of rows) {
    const body = encodeBytes(ItemGrant, { ...ItemGrant.decode(row.body), owner: name });
    await tx
      .updateTable("item_grant")
      .set({ owner: name, body, waiting: 0 })
      .where("world", "=", row.world)
      .where("grant_key", "=", row.grant_key)
      .execute();
  }
  await tx.deleteFrom("item_account").where("owner", "=", player).execute();
}
