import { sql } from "kysely";
import { Client } from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Postgres, startPostgres } from "../../../tools/postgres.ts";
import { openStore } from "./store.ts";
import { storeSuite } from "./suite.testing.ts";

let postgres: Postgres;
let count = 0;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres?.stop());

storeSuite("PostgreSQL", () => postgres.database(`store_${++count}`));

it("a connection that breaks between two statements fails its transaction, and not the process", async () => {
  const url = await postgres.database("broken");
  const store = await openStore({ service: "under-test", url, migrations: {} });
  const operator = new Client(url);
  await operator.connect();
  const transaction = store.db.transaction().execute(async (tx) => {
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx);
    await operator.query("select pg_terminate_backend($1)", [rows[0]?.pid]);
    // Until the server has closed it: the connection is told while no statement runs on it.
    for (let left = 1; left > 0; ) {
      const own = await operator.query("select count(*)::int as left from pg_stat_activity where pid = $1", [
        rows[0]?.pid,
      ]);
      left = own.rows[0].left;
    }
    await sql`select 1`.execute(tx);
  });
  // Which words say it depends on who is faster: the server's farewell, its closing, or our next write.
  await expect(transaction.finally(() => operator.end())).rejects.toThrow(
    /terminat|not queryable|write EPIPE|read ECONNRESET/,
  );
  const { rows } = await sql<{ one: number }>`select 1 as one`.execute(store.db);
  expect(rows).toEqual([{ one: 1 }]);
  await store.close();
});

it("a statement whose table changed meanwhile fails once, and is then prepared anew", async () => {
  const url = await postgres.database("changed");
  const store = await openStore({ service: "under-test", url, migrations: {} });
  await sql`create table t (a int)`.execute(store.db);
  const read = () => sql`select * from t where 1 = ${1}`.execute(store.db);
  for (let times = 0; times < 3; times++) await read();
  const operator = new Client(url);
  await operator.connect();
  await operator.query("alter table under_test.t add column b int");
  await operator.query("insert into under_test.t values (1, 2)");
  await expect(read()).rejects.toThrow(/cached plan/);
  expect((await read()).rows).toEqual([{ a: 1, b: 2 }]);
  await operator.end();
  await store.close();
});

it("plans are made for the values asked, and for tables in memory", async () => {
  const url = await postgres.database("grown");
  const store = await openStore({ service: "under-test", url, migrations: {} });
  const { rows } = await sql<{
    mode: string;
  }>`select current_setting('plan_cache_mode') || current_setting('random_page_cost') as mode`.execute(
    store.db,
  );
  expect(rows).toEqual([{ mode: "force_custom_plan1.1" }]);
  await store.close();
});

it("copies that start at once on a fresh database follow each other", async () => {
  const url = await postgres.database("at_once");
  const open = () => openStore({ service: "under-test", url, migrations: {} });
  const stores = await Promise.all(Array.from({ length: 6 }, open));
  await Promise.all(stores.map((store) => store.close()));
});
