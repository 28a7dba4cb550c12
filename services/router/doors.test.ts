import { doorsSuite } from "./testing/doors-suite.ts";

// A file in the test's own folder: several processes on one.
doorsSuite("SQLite", async () => "");
