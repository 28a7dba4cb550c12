import { afterAll, beforeAll } from "vitest";
import { type Postgres, startPostgres } from "../../tools/postgres.ts";
import { contentSuite } from "./testing/content-suite.ts";
import { flagSuite } from "./testing/flag-suite.ts";
import { syncSuite } from "./testing/sync-suite.ts";
import { tierSuite } from "./testing/tier-suite.ts";
import { valueSuite } from "./testing/value-suite.ts";
import { weatherSuite } from "./testing/weather-suite.ts";

let postgres: Postgres;
let count = 0;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres?.stop());

for (const suite of [valueSuite, flagSuite, tierSuite, contentSuite, syncSuite, weatherSuite])
  suite("PostgreSQL", () => postgres.database(`settings_${++count}`));
