import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { FromServer, Load, ServerOptions, ToServer, Usage } from "./protocol.ts";

/** The edge in a process of its own, so that whoever measures it does not slow it. */
export interface Serving {
  readonly url: string;
  /** @returns how many events were published so far */
  load(load: Load): Promise<number>;
  usage(): Promise<Usage>;
  /** SIGKILL: nothing is said to anybody. */
  kill(): Promise<void>;
}

const START_MS = 60_000;

export async function serve(options: ServerOptions = {}): Promise<Serving> {
  const child = fork(join(import.meta.dirname, "server.ts"), [JSON.stringify(options)], {
    // Memory is told after a collection: what is held, not what was dropped lately.
    execArgv: ["--expose-gc"],
  });
  const first = await answer(child, "url");
  return {
    url: first.url,
    async load(load) {
      child.send({ load } satisfies ToServer);
      return (await answer(child, "loaded")).loaded;
    },
    async usage() {
      child.send({ usage: true } satisfies ToServer);
      return (await answer(child, "usage")).usage;
    },
    kill: () => end(child, "SIGKILL"),
  };
}

type Answer<K> = Extract<FromServer, Record<K & string, unknown>>;

function answer<K extends "url" | "loaded" | "usage">(child: ChildProcess, key: K): Promise<Answer<K>> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => done(() => reject(new Error(`the edge says no ${key}`))), START_MS);
    const onMessage = (message: FromServer) => {
      if (key in message) done(() => resolve(message as Answer<K>));
    };
    const onExit = (code: number | null) => done(() => reject(new Error(`the edge ended with ${code}`)));
    function done(then: () => void): void {
      clearTimeout(timer);
      child.off("message", onMessage).off("exit", onExit);
      then();
    }
    child.on("message", onMessage).on("exit", onExit);
  });
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const ended = once(child, "exit");
  child.kill(signal);
  await ended;
}
