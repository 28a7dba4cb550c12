import { afterAll, beforeAll } from "vitest";
import { type Postgres, startPostgres } from "../../tools/postgres.ts";
import { forkPlay } from "./testing/fork-play.ts";
import { forkSuite } from "./testing/fork-suite.ts";
import { itemSuite } from "./testing/item-suite.ts";
import { packSuite } from "./testing/pack-suite.ts";
import { readSuite } from "./testing/read-suite.ts";
import { slotSuite } from "./testing/slot-suite.ts";
import { watchSuite } from "./testing/watch-suite.ts";
import { writeSuite } from "./testing/write-suite.ts";

let postgres: Postgres;
let count = 0;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres?.stop());

const url = () => postgres.database(`state_${++count}`);
for (const suite of [writeSuite, readSuite, watchSuite, itemSuite, slotSuite, forkSuite, packSuite])
  suite("PostgreSQL", url);
forkPlay("PostgreSQL", url, [4]);
