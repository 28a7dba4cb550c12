import { afterAll, beforeAll } from "vitest";
import { type Postgres, startPostgres } from "../../tools/postgres.ts";
import { sessionSuite } from "./testing/session-suite.ts";

let postgres: Postgres;
let count = 0;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres?.stop());

sessionSuite("PostgreSQL", () => postgres.database(`performance_${++count}`));
