import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { storeSuite } from "./suite.ts";

storeSuite("SQLite", async () => join(mkdtempSync(join(tmpdir(), "orrery-store-")), "store.db"));
