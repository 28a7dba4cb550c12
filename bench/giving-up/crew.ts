import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import type { At } from "./stage.ts";

/** The one process that handles, killed and started again. */
export interface Crew {
  start(): Promise<void>;
  kill(): Promise<void>;
  mend(): void;
  /** It ended by itself: that must not happen. */
  readonly deaths: number;
}

export function createCrew(terms: {
  readonly at: At;
  readonly database: string;
  readonly seed: number;
}): Crew {
  let child: ChildProcess | undefined;
  let mended = false;
  let deaths = 0;
  let expected = false;

  return {
    async start() {
      const own = fork(join(import.meta.dirname, "member.ts"), [JSON.stringify({ ...terms, mended })], {
        stdio: ["ignore", 2, 2, "ipc"],
      });
      child = own;
      expected = false;
      await new Promise<void>((resolve, reject) => {
        own.once("message", () => resolve());
        own.once("exit", (code) => {
          if (!expected) deaths += 1;
          reject(new Error(`it ended with ${code} while starting`));
        });
      });
    },
    async kill() {
      const own = child;
      if (own === undefined || own.exitCode !== null) return;
      expected = true;
      const ended = new Promise((resolve) => own.once("exit", resolve));
      own.kill("SIGKILL");
      await ended;
    },
    mend() {
      mended = true;
      child?.send("mended");
    },
    get deaths() {
      return deaths;
    },
  };
}
