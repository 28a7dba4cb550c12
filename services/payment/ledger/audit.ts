import type { ImbalanceInit } from "@orrery/schema/payment/v1";
import { type Kysely, sql } from "kysely";
import type { PaymentTables } from "../tables.ts";

export interface Audited {
  readonly accounts: number;
  readonly transactions: number;
  readonly legs: number;
  readonly holds: number;
  readonly imbalances: readonly ImbalanceInit[];
}

const MOST = 100;

/**
 * Counts everything again from the legs, by the database, as of one moment of it.
 * @param world empty: all
 */
export async function audit(db: Kysely<PaymentTables>, world: string): Promise<Audited> {
  const here = (table: string) => (world === "" ? sql`1 = 1` : sql`${sql.ref(`${table}.world`)} = ${world}`);
  const imbalances: ImbalanceInit[] = [];
  const found = (ref: string, problem: string) => {
    if (imbalances.length < MOST) imbalances.push({ ref, problem });
  };

  const accounts = await sql<{
    world: string;
    id: string;
    balance: number;
    held: number;
    holds: number;
    moved: number | null;
    active: number | null;
    open: number | null;
  }>`
    select a.world, a.id, a.balance, a.held, a.holds, l.moved, h.active, h.open from account a
    left join (select world, account, sum(amount) as moved from leg group by world, account) l
      on l.world = a.world and l.account = a.id
    left join (select world, account, sum(amount) as active, count(*) as open from hold where status = 1 group by world, account) h
      on h.world = a.world and h.account = a.id
    where (a.balance <> coalesce(l.moved, 0) or a.held <> coalesce(h.active, 0) or a.holds <> coalesce(h.open, 0)) and ${here("a")}
    limit ${MOST}`.execute(db);
  for (const row of accounts.rows)
    found(
      `${row.world} ${row.id}`,
      `has ${row.balance} and holds ${row.held}; its legs come to ${Number(row.moved ?? 0)}, its active holds to ${Number(row.active ?? 0)}`,
    );

  const lost = await sql<{ world: string; account: string; moved: number }>`
    select l.world, l.account, sum(l.amount) as moved from leg l
    left join account a on a.world = l.world and a.id = l.account
    where a.id is null and ${here("l")} group by l.world, l.account limit ${MOST}`.execute(db);
  for (const { world: of, account, moved } of lost.rows)
    found(`${of} ${account}`, `legs come to ${moved}, and the account is not there`);

  const unbalanced = await sql<{ entry: string; sum: number }>`
    select l.entry, sum(l.amount) as sum from leg l where ${here("l")}
    group by l.entry having sum(l.amount) <> 0 limit ${MOST}`.execute(db);
  for (const { entry, sum } of unbalanced.rows) found(entry, `its legs come to ${sum}`);

  const ledgers = await sql<{ world: string; code: string; seq: number; count: number; last: number }>`
    select g.world, g.code, g.seq, count(e.id) as count, coalesce(max(e.seq), 0) as last from ledger g
    left join entry e on e.world = g.world and e.code = g.code and e.seq is not null
    where ${here("g")} group by g.world, g.code, g.seq`.execute(db);
  let transactions = 0;
  for (const { world: of, code, seq, count, last } of ledgers.rows) {
    transactions += Number(count);
    if (Number(count) !== seq || Number(last) !== seq)
      found(`${of}/${code}`, `stands at ${seq}, has ${count} transactions, the last is ${last}`);
  }

  const holds = await sql<{ id: string; amount: number; captured: number; released: number; status: number }>`
    select h.id, h.amount, h.captured, h.released, h.status from hold h
    where ${here("h")} and h.status <> 1 and h.captured + h.released <> h.amount limit ${MOST}`.execute(db);
  for (const { id, amount, captured, released } of holds.rows)
    found(id, `${captured} captured and ${released} released of ${amount}`);

  const over = await sql<{ id: string; reversed: number }>`
    select e.id, e.reversed from entry e join leg l on l.entry = e.id and l.position = 0
    where ${here("e")} and e.reversed > abs(l.amount) limit ${MOST}`.execute(db);
  for (const { id, reversed } of over.rows) found(id, `${reversed} of it was reversed: more than it moved`);

  const count = async (table: "account" | "leg" | "hold") => {
    const { rows } = await sql<{
      n: number;
    }>`select count(*) as n from ${sql.table(table)} t where ${here("t")}`.execute(db);
    return Number(rows[0]?.n ?? 0);
  };
  return {
    accounts: await count("account"),
    legs: await count("leg"),
    holds: await count("hold"),
    transactions,
    imbalances,
  };
}
