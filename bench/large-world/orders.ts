import type { ChildProcess } from "node:child_process";
import { once } from "node:events";

export const SERVICE = "people-spike";
export const WORLD = "crowd";
export const SEED = "crowd";
/** People that come with one command: what the thread gives in one go. */
export const TOGETHER = 10;

/** What a life is told to do. */
export type Order =
  | {
      readonly do: "populate";
      readonly people: number;
      readonly memories: number;
      readonly relations: number;
    }
  | { readonly do: "live"; readonly minutes: number }
  /** So many small inputs, one after the other. */
  | { readonly do: "small"; readonly inputs: number }
  /** A fork of the world as it is now; what it has is compared with what its parent has. */
  | { readonly do: "fork" }
  | { readonly do: "figures" }
  /** Answered at once, whatever else it does. */
  | { readonly do: "told" }
  | { readonly do: "stop" };

/** What it says when that is done. */
export interface Done {
  readonly ms: number;
  readonly cpuMs: number;
  /** Longest stretch of the main thread, its CPU. */
  readonly longestMs: number;
  /** Of one command. */
  readonly medianMs: number;
  readonly figures: Figures;
  readonly fork?: Forked;
}

export interface Forked {
  /** Bytes that its store has of its own. */
  readonly writtenMb: number;
  /** It has the same state as its parent. */
  readonly same: boolean;
}

export interface Figures {
  readonly people: number;
  readonly minutes: number;
  /** Of the whole state, hex. */
  readonly digest: string;
  /** Bytes of all its pages. */
  readonly stateMb: number;
  readonly rssMb: number;
  readonly heapMb: number;
  readonly databaseMb: number;
  readonly journalMb: number;
  readonly cutMb: number;
  /** From the start of the process until the crowd was there. */
  readonly recoveryMs: number;
  readonly recoveryCpuMs: number;
}

/** Game minutes that it has acknowledged, amid another order. */
export function toldBy(life: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    function listener({ told }: { readonly told?: number }): void {
      if (told === undefined) return;
      life.off("message", listener);
      resolve(told);
    }
    life.on("message", listener);
    life.send({ do: "told" });
  });
}

/** @throws when it ends before it is done */
export async function ask(life: ChildProcess, order: Order): Promise<Done> {
  life.send(order);
  const ended = once(life, "exit").then(([code, signal]) => {
    throw new Error(`the life ended (${code ?? signal}) before it was done`);
  });
  const [done] = (await Promise.race([once(life, "message"), ended])) as [Done];
  return done;
}
