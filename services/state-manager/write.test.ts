import { writeSuite } from "./testing/write-suite.ts";

writeSuite("SQLite", async () => ":memory:");
