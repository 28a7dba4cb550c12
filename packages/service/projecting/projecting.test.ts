import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { projectingSuite } from "./suite.testing.ts";

const folder = mkdtempSync(join(tmpdir(), "orrery-projecting-"));
let count = 0;
afterAll(() => rmSync(folder, { recursive: true }));

projectingSuite("SQLite", async () => join(folder, `${++count}.db`));
