import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { upgradesSuite } from "./testing/upgrades-suite.ts";

const folder = mkdtempSync(join(tmpdir(), "orrery-engine-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let count = 0;
upgradesSuite("SQLite", async () => join(folder, `${++count}.db`));
