import { afterAll, beforeAll } from "vitest";
import { type Postgres, startPostgres } from "../../tools/postgres.ts";
import { sightingsSuite } from "./testing/sightings-suite.ts";
import { upgradesSuite } from "./testing/upgrades-suite.ts";

let postgres: Postgres;
let count = 0;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres?.stop());

const url = () => postgres.database(`engine_${++count}`);
sightingsSuite("PostgreSQL", url);
upgradesSuite("PostgreSQL", url);
