import { afterAll, beforeAll } from "vitest";
import { type Postgres, startPostgres } from "../../tools/postgres.ts";
import { doorsSuite } from "./testing/doors-suite.ts";

let postgres: Postgres;
let count = 0;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres?.stop());

doorsSuite("PostgreSQL", () => postgres.database(`doors_${++count}`));
