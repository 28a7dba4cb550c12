// Generates schema/gen from the contracts; a digest of the sources tells when it is stale.
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";

rmSync("schema/gen", { recursive: true, force: true });
execFileSync("node_modules/.bin/buf", ["generate"], { stdio: "inherit" });
