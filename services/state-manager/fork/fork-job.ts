import { WriteResponse } from "@orrery/schema/state/v1";
import { type Kysely, sql } from "kysely";
import type { Registry } from "../collections/registry.ts";
import { INVENTORY } from "../collections/standard.ts";
import { stacksIn } from "../inventory/stack.ts";
import { rowsFor, writeRows } from "../store/bulk.ts";
import { ACCOUNT, ENTRY } from "../store/rows.ts";
import type { AccountRow, StateTables } from "../tables.ts";
import { decodeValue } from "../value/message.ts";
import { at } from "../value/pointer.ts";
import { type Ground, type Head, headName } from "../write/ground.ts";
import type { Job } from "../write/job.ts";
import { sortKey } from "../write/sort-key.ts";
import type { Dialect } from "@orrery/service";
import { copyHead, seqAt } from "./copy-head.ts";
import type { Cut } from "./cut.ts";

export interface ForkTerms {
  readonly registry: Registry;
  readonly ground: () => Ground;
  readonly dialect: Dialect;
  readonly parent: string;
  readonly world: string;
  readonly cut: Cut;
  /** Told of each collection from which objects had to be left out. */
  readonly incomplete: (collection: string, forgotten: number) => void;
}

/**
 * Gives a fork the objects of its parent as they were where it was forked off, once. Seqs go on from there, as the
 * journal that both share does; the objects' past and slots stay with the parent.
 */
export function forkJob({
  registry,
  ground,
  dialect,
  parent,
  world,
  cut,
  incomplete,
}: ForkTerms): Job<typeof WriteResponse> {
  return {
    owner: "",
    yields: true,
    needs: { refs: [] },
    reply: WriteResponse,
    // A commit of its own: what is copied must not change meanwhile.
    async prepare() {},
    apply: () => ({}),
    async also(tx) {
      const own = ground();
      if ([...own.heads.values()].some((head) => head.world === world)) return;
      for (const head of [...own.heads.values()].filter((head) => head.world === parent)) {
        const seq = await seqAt(tx, head, cut.sequence);
        if (seq === 0) continue;
        const copy: Head = { id: own.nextHead++, world, collection: head.collection, seq };
        const { taken, forgotten } = await copyHead(tx, dialect, head, copy, own.nextObject);
        own.nextObject += taken;
        if (forgotten > 0) incomplete(head.collection, forgotten);
        own.heads.set(headName(world, head.collection), copy);
        await indexAnew(tx, dialect, registry, copy);
        if (head.collection === INVENTORY) await openAccounts(tx, dialect, copy);
      }
      const columns = sql`grant_key, owner, digest, waiting, at_ms, body`;
      await sql`insert into item_grant (world, ${columns})
        select ${world}, ${columns} from item_grant where world = ${parent} and at_ms <= ${cut.atMs}`.execute(
        tx,
      );
    },
  };
}

async function indexAnew(
  tx: Kysely<StateTables>,
  dialect: Dialect,
  registry: Registry,
  head: Head,
): Promise<void> {
  const paths = registry.kept(head.world, head.collection).indexPaths;
  if (paths.length === 0) return;
  const rows = await tx
    .selectFrom("object")
    .select(["id", "value"])
    .where("head", "=", head.id)
    .where("live", "=", 1)
    .execute();
  const entries = rows.flatMap(({ id, value }) =>
    paths.flatMap(({ slot: path, tokens }) => {
      const sort = sortKey(at(decodeValue(value), tokens));
      return sort === undefined ? [] : [{ object: id, path, head: head.id, sort }];
    }),
  );
  await writeRows(tx, dialect, [rowsFor(ENTRY, entries)]);
}

/** What an owner holds at the fork is what the fork gave. */
async function openAccounts(tx: Kysely<StateTables>, dialect: Dialect, head: Head): Promise<void> {
  const rows = await tx
    .selectFrom("object")
    .select(["owner", "value"])
    .where("head", "=", head.id)
    .where("live", "=", 1)
    .execute();
  const accounts = new Map<string, AccountRow>();
  for (const { owner, value } of rows)
    for (const { item, count } of stacksIn(decodeValue(value))) {
      const name = `${owner}\u0000${item}`;
      const granted = (accounts.get(name)?.granted ?? 0) + count;
      const nothing = { transferred_in: 0, consumed: 0, revoked: 0, transferred_out: 0 };
      accounts.set(name, { world: head.world, owner, item, granted, ...nothing });
    }
  await writeRows(tx, dialect, [rowsFor(ACCOUNT, [...accounts.values()])]);
}
