import { afterAll, beforeAll } from "vitest";
import { type Postgres, startPostgres } from "../../tools/postgres.ts";
import { billingSuite } from "./testing/billing-suite.ts";
import { playLocal } from "./testing/played.ts";
import { ledgerSuite } from "./testing/ledger-suite.ts";

let postgres: Postgres;
let count = 0;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres?.stop());

const url = () => postgres.database(`payment_${++count}`);
ledgerSuite("PostgreSQL", url);
billingSuite("PostgreSQL", async () => playLocal(await url()));
