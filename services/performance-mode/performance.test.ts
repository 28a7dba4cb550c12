import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { sessionSuite } from "./testing/session-suite.ts";

const folder = mkdtempSync(join(tmpdir(), "orrery-performance-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let count = 0;
sessionSuite("SQLite", async () => join(folder, `${++count}.db`));
