// The same on PostgreSQL: starts a server of its own and hands its address to main.ts.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { startPostgres } from "../../tools/postgres.ts";

const postgres = await startPostgres();
try {
  const url = await postgres.database("kill9");
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, "main.ts"), "--database", url, ...process.argv.slice(2)],
    { stdio: "inherit" },
  );
  process.exitCode = await new Promise<number>((resolve) => child.on("exit", (code) => resolve(code ?? 1)));
} finally {
  await postgres.stop();
}
