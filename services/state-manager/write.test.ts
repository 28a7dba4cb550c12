import { writeSuite } from "./suite/write.ts";

writeSuite("SQLite", async () => ":memory:");
