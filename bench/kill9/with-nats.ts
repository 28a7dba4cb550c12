// processes.ts, or another program, on NATS JetStream and PostgreSQL, each started here; exit 3 where there is no nats-server:
//   node bench/kill9/with-nats.ts [--program=../replay/main.ts] [options of the program]
import { spawn } from "node:child_process";
import { join } from "node:path";
import { findNatsServer, startNatsServer } from "@orrery/bus-nats/testing";
import { startPostgres } from "../../tools/postgres.ts";

const NOT_RUN = 3;
if (findNatsServer() === undefined) {
  console.error("no nats-server here: put it in PATH or name it in NATS_SERVER");
  process.exit(NOT_RUN);
}
const nats = await startNatsServer({ syncAlways: true });
const postgres = await startPostgres();
try {
  const url = await postgres.database("processes");
  const [given = "", ...rest] = process.argv.slice(2);
  const named = /^--program=(.+)$/.exec(given)?.[1];
  const program = join(import.meta.dirname, named ?? "processes.ts");
  const options = named === undefined ? process.argv.slice(2) : rest;
  const args = [program, "--nats", nats.address, "--database", url, ...options];
  const child = spawn(process.execPath, args, { stdio: "inherit" });
  process.exitCode = await new Promise<number>((resolve) => child.on("exit", (code) => resolve(code ?? 1)));
} finally {
  await postgres.stop();
  await nats.close();
}
