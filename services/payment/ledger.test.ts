import { ledgerSuite } from "./testing/ledger-suite.ts";

ledgerSuite("SQLite", async () => ":memory:");
