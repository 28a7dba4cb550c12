import { afterAll, beforeAll } from "vitest";
import { type Postgres, startPostgres } from "../../../tools/postgres.ts";
import { lastSaidSuite } from "./last-said-suite.testing.ts";

let postgres: Postgres;
let count = 0;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres?.stop());

lastSaidSuite("PostgreSQL", () => postgres.database(`last_said_${++count}`));
