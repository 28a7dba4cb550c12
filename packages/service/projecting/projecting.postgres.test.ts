import { afterAll, beforeAll } from "vitest";
import { type Postgres, startPostgres } from "../../../tools/postgres.ts";
import { projectingSuite } from "./suite.testing.ts";

let postgres: Postgres;
let count = 0;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres?.stop());

projectingSuite("PostgreSQL", () => postgres.database(`projecting_${++count}`), true);
