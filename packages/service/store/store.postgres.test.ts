import { afterAll, beforeAll } from "vitest";
import { type Postgres, startPostgres } from "../../../tools/postgres.ts";
import { storeSuite } from "./suite.ts";

let postgres: Postgres;
let count = 0;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres?.stop());

storeSuite("PostgreSQL", () => postgres.database(`store_${++count}`));
