import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { forkPlay } from "./testing/fork-play.ts";
import { forkSuite } from "./testing/fork-suite.ts";
import { itemSuite } from "./testing/item-suite.ts";
import { packSuite } from "./testing/pack-suite.ts";
import { readSuite } from "./testing/read-suite.ts";
import { slotSuite } from "./testing/slot-suite.ts";
import { watchSuite } from "./testing/watch-suite.ts";
import { writeSuite } from "./testing/write-suite.ts";

const folder = mkdtempSync(join(tmpdir(), "orrery-objects-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const url = async () => ":memory:";
for (const suite of [writeSuite, readSuite, watchSuite, itemSuite, slotSuite, packSuite])
  suite("SQLite", url);

let count = 0;
const file = async () => join(folder, `${++count}.db`);
forkSuite("SQLite", file);
forkPlay("SQLite", file, [2, 3, 7]);
