import { forkSuite } from "./testing/fork-suite.ts";
import { itemSuite } from "./testing/item-suite.ts";
import { packSuite } from "./testing/pack-suite.ts";
import { readSuite } from "./testing/read-suite.ts";
import { slotSuite } from "./testing/slot-suite.ts";
import { watchSuite } from "./testing/watch-suite.ts";
import { writeSuite } from "./testing/write-suite.ts";

const url = async () => ":memory:";
for (const suite of [writeSuite, readSuite, watchSuite, itemSuite, slotSuite, forkSuite, packSuite])
  suite("SQLite", url);
