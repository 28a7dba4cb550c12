import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import type { BrokerAt } from "./broker.ts";

export interface Subscription {
  readonly id: string;
  readonly order: "key" | "none";
  readonly file: string;
}

/** Members of the subscriptions, each in a process that is started again when it dies. */
export interface Crew {
  readonly members: readonly Member[];
  stop(): Promise<void>;
}

export interface Member {
  readonly subscription: string;
  /** SIGKILL, and a new one after `ms`. */
  kill(ms: number): Promise<void>;
  /** SIGSTOP for `ms`. */
  pause(ms: number): Promise<void>;
  /** Its event loop stands still for `ms`. */
  block(ms: number): Promise<void>;
  /** It dies between its next effect and saying so. */
  crash(): Promise<void>;
}

const RESTART_MS = 500;
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const program = (name: string) => join(import.meta.dirname, name);

function startMember(at: BrokerAt, { id, order, file }: Subscription): Member & { end(): void } {
  const start = () =>
    fork(program("consumer.ts"), [JSON.stringify(at), id, order, file], {
      stdio: ["ignore", "ignore", 2, "ipc"],
    });
  let ended = false;
  let killed: ChildProcess | undefined;
  let child: ChildProcess = keep();

  /** One that ends by itself could not reach its broker: it comes again, as any supervisor would have it. */
  function keep(): ChildProcess {
    const made = start();
    made.on("exit", (code) => {
      // One that was killed from here is started again by whoever killed it.
      if (ended || (code === null && killed === made)) return;
      setTimeout(() => {
        if (!ended && child === made) child = keep();
      }, RESTART_MS);
    });
    return made;
  }
  return {
    subscription: id,
    async kill(ms) {
      const dead = new Promise((resolve) => child.once("exit", resolve));
      killed = child;
      child.kill("SIGKILL");
      await dead;
      await sleep(ms);
      if (!ended) child = keep();
    },
    async pause(ms) {
      const own = child;
      own.kill("SIGSTOP");
      await sleep(ms);
      own.kill("SIGCONT");
    },
    async block(ms) {
      if (child.connected) child.send({ block: ms });
      await sleep(ms);
    },
    async crash() {
      if (child.connected) child.send({ crash: true });
    },
    end() {
      ended = true;
      child.kill("SIGKILL");
    },
  };
}

export function startCrew(at: BrokerAt, subscriptions: readonly Subscription[], each: number): Crew {
  const members = subscriptions.flatMap((one) => Array.from({ length: each }, () => startMember(at, one)));
  return {
    members,
    async stop() {
      for (const member of members) member.end();
    },
  };
}

export interface Writing {
  readonly done: Promise<void>;
  acked(): number;
  /** Frames that were published more than once, because nobody knew whether they were kept. */
  repeated(): number;
  stop(): void;
}

export function startWriters(
  at: BrokerAt,
  writers: number,
  perWriter: number,
  perS: number,
  perFrame: number,
): Writing {
  const told = new Map<number, { acked: number; repeated: number }>();
  const children: ChildProcess[] = [];
  const done = Array.from({ length: writers }, (_, index) => {
    const writer = index + 1;
    const args = [JSON.stringify(at), ...[writer, perWriter, perS / writers, perFrame].map(String)];
    const child = fork(program("writer.ts"), args, { stdio: ["ignore", "ignore", 2, "ipc"] });
    children.push(child);
    return new Promise<void>((resolve, reject) => {
      child.on("message", (message: { acked: number; repeated: number; done?: boolean }) => {
        told.set(writer, message);
        if (message.done) resolve();
      });
      child.on("exit", (code, signal) => reject(new Error(`writer ${writer} ended: ${signal ?? code}`)));
    });
  });
  const sum = (field: "acked" | "repeated") => [...told.values()].reduce((all, one) => all + one[field], 0);
  return {
    done: Promise.all(done).then(() => undefined),
    acked: () => sum("acked"),
    repeated: () => sum("repeated"),
    stop: () => children.forEach((child) => child.kill("SIGKILL")),
  };
}
