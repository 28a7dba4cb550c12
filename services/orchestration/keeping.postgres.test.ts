import { afterAll, beforeAll } from "vitest";
import { type Postgres, startPostgres } from "../../tools/postgres.ts";
import { keepingSuite } from "./testing/keeping-suite.ts";

let postgres: Postgres;
let count = 0;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres?.stop());

keepingSuite("PostgreSQL", () => postgres.database(`orchestration_${++count}`));
