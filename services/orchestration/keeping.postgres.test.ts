import { afterAll, beforeAll } from "vitest";
import { type Postgres, startPostgres } from "../../tools/postgres.ts";
import { keepingSuite } from "./testing/keeping-suite.ts";
import { ladderSuite } from "./testing/ladder-suite.ts";

let postgres: Postgres;
let count = 0;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres?.stop());

const database = () => postgres.database(`orchestration_${++count}`);
keepingSuite("PostgreSQL", database);
ladderSuite("PostgreSQL", database);
