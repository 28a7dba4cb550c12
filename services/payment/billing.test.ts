import { billingSuite } from "./testing/billing-suite.ts";

billingSuite("SQLite", async () => ":memory:");
