// processes.ts, or another program, on SNS and SQS, as an emulator has them, and PostgreSQL, each started here; exit 3 without ministack:
//   node bench/kill9/with-aws.ts [--program=../replay/main.ts] [options of the program]
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
  const [given = "", ...rest] = process.argv.slice(2);
  const named = /^--program=(.+)$/.exec(given)?.[1];
  const program = join(import.meta.dirname, named ?? "processes.ts");
  const options = named === undefined ? process.argv.slice(2) : rest;
  const args = [program, "--aws", emulator.endpoint, "--database", url, ...options];
  const child = spawn(process.execPath, args, { stdio: "inherit" });
  process.exitCode = await new Promise<number>((resolve) => child.on("exit", (code) => resolve(code ?? 1)));
} finally {
  await postgres.stop();
  await emulator.close();
}
