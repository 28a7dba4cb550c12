import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { answersSuite } from "./answers-suite.testing.ts";

const folder = mkdtempSync(join(tmpdir(), "orrery-answers-"));
let count = 0;
afterAll(() => rmSync(folder, { recursive: true }));

answersSuite("SQLite", async () => join(folder, `${++count}.db`));
