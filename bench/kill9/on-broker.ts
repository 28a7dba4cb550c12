import { spawn } from "node:child_process";
import { join } from "node:path";
import { startPostgres } from "../../tools/postgres.ts";

/** Exit code of a program that cannot do here what it measures. */
export const NOT_RUN = 3;

/** A broker that was started here, and the option by which the program is told of it. */
export interface StartedBroker {
  readonly option: readonly [name: string, value: string];
  close(): Promise<void>;
}

/**
 * Runs a program of this folder against a broker and a PostgreSQL server of its own: `processes.ts`, or what
 * `--program=<path>` names; the rest of the command line is the program's. Its exit code is ours.
 */
export async function runOn(broker: StartedBroker): Promise<void> {
  const postgres = await startPostgres();
  try {
    const url = await postgres.database("processes");
    const given = process.argv.slice(2);
    const named = /^--program=(.+)$/.exec(given[0] ?? "")?.[1];
    const program = join(import.meta.dirname, named ?? "processes.ts");
    const options = named === undefined ? given : given.slice(1);
    const child = spawn(process.execPath, [program, ...broker.option, "--database", url, ...options], {
      stdio: "inherit",
    });
    process.exitCode = await new Promise<number>((resolve) => child.on("exit", (code) => resolve(code ?? 1)));
  } finally {
    await postgres.stop();
    await broker.close();
  }
}
