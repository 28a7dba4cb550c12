import { virtualClock } from "@orrery/bus";
import { openStore, together } from "@orrery/service";
import { type Kysely, sql } from "kysely";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Postgres, startPostgres } from "../../tools/postgres.ts";
import { createLease, LEASE_MS } from "./lease.ts";

let postgres: Postgres;
let count = 0;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres?.stop());

async function twoProcesses() {
  const url = await postgres.database(`lease_${++count}`);
  const clock = virtualClock();
  const open = async (owner: string) => {
    const store = await openStore({ service: "writer", url, migrations: {} });
    return { store, lease: createLease(store, "writer/book", owner, clock) };
  };
  const [one, two] = [await open("one"), await open("two")];
  return { clock, one, two, close: () => Promise.all([one.store.close(), two.store.close()]) };
}

it("a commit that slept through its lease is over before another takes it", async () => {
  const { clock, one, two, close } = await twoProcesses();
  await one.lease.acquire();
  const order: string[] = [];
  let taking: Promise<unknown> | undefined;
  await one.store.db.transaction().execute(async (tx) => {
    await together(tx, one.lease.checking);
    await clock.advance(LEASE_MS + 1);
    taking = two.lease.acquire().then((got) => order.push(`two ${got}`));
    // What the other sends is with the server, and waits there.
    await waitingFor(one.store.db);
    order.push("one has committed");
  });
  await taking;
  expect(order).toEqual(["one has committed", "two true"]);
  await expect(
    one.store.db.transaction().execute((tx) => together(tx, one.lease.checking)),
  ).rejects.toMatchObject({ code: "WORLD_COMMIT_REFUSED" });
  await close();
});

it("a transaction that is left alone does not hold its locks for ever", async () => {
  const { one, close } = await twoProcesses();
  const { rows } = await sql<{ idle_in_transaction_session_timeout: string }>`
    show idle_in_transaction_session_timeout`.execute(one.store.db);
  expect(rows[0]?.idle_in_transaction_session_timeout).toBe("6s");
  await close();
});

/** Until somebody waits for a lock. */
async function waitingFor(db: Kysely<unknown>): Promise<void> {
  for (;;) {
    const { rows } = await sql<{ n: number }>`
      select count(*)::int as n from pg_stat_activity where wait_event_type = 'Lock'
      and datname = current_database()`.execute(db);
    if ((rows[0]?.n ?? 0) > 0) return;
  }
}
