// processes.ts on SNS and SQS, as an emulator has them, and PostgreSQL, each started here; exit 3 without ministack:
//   node bench/kill9/with-aws.ts [options of processes.ts]
import { spawn } from "node:child_process";
import { join } from "node:path";
import { findMinistack, startMinistack } from "@orrery/bus-aws/testing";
import { startPostgres } from "../../tools/postgres.ts";

const NOT_RUN = 3;
if (findMinistack() === undefined) {
  console.error("no ministack here: pip install ministack, or name it in MINISTACK");
  process.exit(NOT_RUN);
}
const emulator = await startMinistack();
const postgres = await startPostgres();
try {
  const url = await postgres.database("processes");
  const program = join(import.meta.dirname, "processes.ts");
  const args = [program, "--aws", emulator.endpoint, "--database", url, ...process.argv.slice(2)];
  const child = spawn(process.execPath, args, { stdio: "inherit" });
  process.exitCode = await new Promise<number>((resolve) => child.on("exit", (code) => resolve(code ?? 1)));
} finally {
  await postgres.stop();
  await emulator.close();
}
