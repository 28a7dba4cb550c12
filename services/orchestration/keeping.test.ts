import { join } from "node:path";
import { keepingSuite } from "./testing/keeping-suite.ts";

keepingSuite("SQLite", async (folder) => join(folder, "store.db"));
