import { ownThread } from "@orrery/bus";
import { OrreryError } from "@orrery/wire";
import { serviceErrors } from "../errors.ts";
import { crossedOver, type CrossedOutcome, crossing } from "./sqlite-crossing.ts";
import type { SqliteRun } from "./sqlite-runner.ts";
import type { Order, StatementResult, Work } from "./sqlite-work.ts";

/** Holds databases as long as one of them is open, and holds up the end of the process only while something is asked. */
interface Thread {
  readonly databases: Set<number>;
  /** Why it has ended. */
  readonly ended: string | undefined;
  ask(order: OrderOf): Promise<readonly StatementResult[]>;
  /** Once nothing is open in it any more. */
  end(): Promise<void>;
}

type OrderOf = Order extends infer O ? (O extends Order ? Omit<O, "id"> : never) : never;

interface Waiting {
  resolve(results: readonly StatementResult[]): void;
  reject(error: unknown): void;
}

/**
 * All databases of a process share so many threads. Each takes 13 MB and 50 ms of a start; but where one waits for the
 * disk another's sync goes along with its: five services that write at once commit four times as much as with one.
 */
const MOST_THREADS = 2;
/** Short-lived messages are most of what one holds. */
const YOUNG_MB = 4;

const threads = new Set<Thread>();
let databases = 0;

/** The one with the fewest databases; a new one as long as there may be more. */
function aThread(): Thread {
  if (threads.size < MOST_THREADS && [...threads].every((thread) => thread.databases.size > 0)) startThread();
  return [...threads].reduce((one, other) => (other.databases.size < one.databases.size ? other : one));
}

function startThread(): void {
  const worker = ownThread(new URL("./sqlite-worker.ts", import.meta.url), {
    name: "sqlite",
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
  });
  worker.unref();
  const waiting = new Map<number, Waiting>();
  let last = 0;
  let ended: string | undefined;

  function take(id: number): Waiting | undefined {
    const one = waiting.get(id);
    waiting.delete(id);
    if (waiting.size === 0) worker.unref();
    return one;
  }

  /** What was under way may have been done or not; what comes next gets a new thread. */
  function gone(why: string): void {
    ended ??= why;
    threads.delete(thread);
    for (const id of [...waiting.keys()])
      take(id)?.reject(new OrreryError(serviceErrors.STORE_THREAD_ENDED, { given: ended }));
  }

  worker.on("message", ([id, crossed]: [number, CrossedOutcome]) => {
    const outcome = crossedOver(crossed);
    if ("error" in outcome) take(id)?.reject(outcome.error);
    else take(id)?.resolve(outcome.results);
  });
  worker.on("error", (error: unknown) => gone(error instanceof Error ? error.message : String(error)));
  worker.on("exit", (code) => gone(`exit code ${code}`));

  const thread: Thread = {
    databases: new Set(),
    get ended() {
      return ended;
    },
    ask: (order) =>
      new Promise((resolve, reject) => {
        const id = ++last;
        if (order.kind === "work") {
          const [statements, handedOver] = crossing(order.work.statements);
          worker.postMessage({ ...order, id, work: { ...order.work, statements } }, handedOver);
        } else worker.postMessage({ ...order, id });
        if (waiting.size === 0) worker.ref();
        waiting.set(id, { resolve, reject });
      }),
    async end() {
      threads.delete(thread);
      await worker.terminate();
    },
  };
  threads.add(thread);
}

/** In a thread that the process has for databases. Where that ends by itself the next question starts another. */
export function inThread(file: string): SqliteRun {
  const database = ++databases;
  let at: Thread | undefined;
  let opening: Promise<unknown> = Promise.resolve();
  /** Open transactions, and in which thread they were begun: what that had done of them is gone with it. */
  const turns = new Map<number, Thread>();
  let lost: string | undefined;

  async function leave(thread: Thread): Promise<void> {
    if (at === thread) at = undefined;
    thread.databases.delete(database);
    if (thread.ended === undefined && thread.databases.size === 0) await thread.end();
  }

  async function open(): Promise<Thread> {
    if (at === undefined || at.ended !== undefined) {
      at = aThread();
      at.databases.add(database);
      opening = at.ask({ kind: "open", database, file });
    }
    const thread = at;
    try {
      await opening;
    } catch (error) {
      await leave(thread);
      throw error;
    }
    return thread;
  }

  /** @returns whether the transaction is there */
  function enter(thread: Thread, { turn, begin, end }: Work): boolean {
    if (turn === undefined) return true;
    if (begin !== undefined) turns.set(turn, thread);
    const isThere = turns.get(turn) === thread;
    if (end !== undefined) turns.delete(turn);
    return isThere;
  }

  return {
    open: async () => void (await open()),
    async ask(work) {
      try {
        const thread = await open();
        if (!enter(thread, work)) {
          if (work.end === "rollback") return [];
          throw new OrreryError(serviceErrors.STORE_THREAD_ENDED, { given: "amid a transaction" });
        }
        const results = await thread.ask({ kind: "work", database, work });
        lost = undefined;
        return results;
      } catch (error) {
        lost = at?.ended ?? lost;
        throw error;
      }
    },
    problem() {
      const why = at?.ended ?? lost;
      return why === undefined ? undefined : `the thread that runs the database ended: ${why}`;
    },
    async close() {
      if (at === undefined || at.ended !== undefined) return;
      const thread = at;
      try {
        await thread.ask({ kind: "close", database });
      } finally {
        await leave(thread);
      }
    },
  };
}
