import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** A process of the choir, as far as it has said. */
export interface Member {
  readonly copy: number;
  /** Shards that it was the writer of when it said so last. */
  readonly held: readonly number[];
  /** How often the voices of each shard have rung, asked of whoever has them. */
  count(): Promise<readonly number[]>;
  kill(): Promise<void>;
  stop(): Promise<void>;
}

type Said = { readonly held?: readonly number[]; readonly counted?: readonly number[] };

/** @param terms NATS servers, PostgreSQL URL, inner ports, deployment key */
export function startMember(copy: number, terms: readonly string[]): Member {
  const child: ChildProcess = spawn(
    process.execPath,
    [join(import.meta.dirname, "member.ts"), String(copy), ...terms],
    { stdio: ["ignore", "ignore", "inherit", "ipc"] },
  );
  const abandon = () => void child.kill("SIGKILL");
  process.once("exit", abandon);
  child.once("exit", () => process.off("exit", abandon));
  let held: readonly number[] = [];
  let counted: ((counts: readonly number[]) => void) | undefined;
  child.on("message", (said: Said) => {
    held = said.held ?? held;
    if (said.counted !== undefined) counted?.(said.counted);
  });
  const ended = async (end: () => void) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    end();
    await gone;
  };
  return {
    copy,
    get held() {
      return held;
    },
    count: () =>
      new Promise((resolve) => {
        counted = resolve;
        child.send("count");
      }),
    kill: () => ended(() => child.kill("SIGKILL")),
    stop: () => ended(() => child.send("stop")),
  };
}
