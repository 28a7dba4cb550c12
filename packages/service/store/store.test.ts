import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inProcess } from "./sqlite-runner.ts";
import { inThread } from "./sqlite-thread.ts";
import { storeSuite } from "./suite.testing.ts";

const file = async () => join(mkdtempSync(join(tmpdir(), "orrery-store-")), "store.db");

storeSuite("SQLite in a thread", file, inThread);
storeSuite("SQLite in this one", file, inProcess);
