import { lastSaidSuite } from "./last-said-suite.testing.ts";

lastSaidSuite("SQLite", async () => ":memory:");
