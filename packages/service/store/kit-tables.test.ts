import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openStore } from "./store.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "orrery-kit-tables-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const open = () => openStore({ service: "diary", url: join(folder, "store.db"), migrations: {} });

/** A database from when a state was one piece. */
async function wholeStates(rows: number): Promise<void> {
  const { db, close } = await open();
  await sql`delete from orrery_migration where name >= '005'`.execute(db);
  for (const table of [
    "cut",
    "segment",
    "segment_use",
    "platform_said",
    "world_shards",
    "projected",
    "projected_mark",
    "pack_part",
  ])
    await sql`drop table ${sql.table(table)}`.execute(db);
  for (const column of ["began", "told"])
    await sql`alter table shard drop column ${sql.ref(column)}`.execute(db);
  await sql`drop index answer_until`.execute(db);
  await sql`alter table answer rename column until_ms to at_ms`.execute(db);
  await sql`create table shard_state (part text, world text, state blob)`.execute(db);
  for (let at = 0; at < rows; at++)
    await sql`insert into shard_state values ('aggregate', ${`w${at}`}, x'00')`.execute(db);
  await close();
}

it("states that were written whole are not passed over: the start is refused, and nothing is changed", async () => {
  await wholeStates(1);
  for (let round = 0; round < 2; round++)
    await expect(open()).rejects.toMatchObject({ code: "STORE_STATES_EARLIER" });
});

it("a database from then that holds none goes on", async () => {
  await wholeStates(0);
  const store = await open();
  expect(await sql`select * from segment`.execute(store.db)).toMatchObject({ rows: [] });
  await store.close();
});
