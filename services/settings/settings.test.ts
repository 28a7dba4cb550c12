import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { contentSuite } from "./testing/content-suite.ts";
import { flagSuite } from "./testing/flag-suite.ts";
import { syncSuite } from "./testing/sync-suite.ts";
import { tierSuite } from "./testing/tier-suite.ts";
import { valueSuite } from "./testing/value-suite.ts";
import { weatherSuite } from "./testing/weather-suite.ts";

const folder = mkdtempSync(join(tmpdir(), "orrery-settings-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let count = 0;
for (const suite of [valueSuite, flagSuite, tierSuite, contentSuite, syncSuite, weatherSuite])
  suite("SQLite", async () => join(folder, `${++count}.db`));
