import { type Checkpoints, checkpointsOf } from "./sqlite-checkpoints.ts";
import { openSqlite, type SqliteDatabase } from "./sqlite-database.ts";
import type { Answer, Order } from "./sqlite-work.ts";

/** Runs orders in the order in which they come, but for what has to wait until a transaction ends. */
export interface Engine {
  take(order: Order): void;
}

interface Opened {
  readonly database: SqliteDatabase;
  readonly checkpoints: Checkpoints;
  /** Held back by the transaction that is open. */
  held: Order[];
}

export function createEngine(answer: Answer): Engine {
  const all = new Map<number, Opened>();

  function run(order: Order, opened: Opened): void {
    try {
      if (order.kind === "close") {
        opened.checkpoints.close();
        opened.database.close();
        all.delete(order.database);
      }
      answer(order.id, { results: order.kind === "work" ? opened.database.run(order.work) : [] });
    } catch (error) {
      answer(order.id, { error });
    }
    if (order.kind === "work") opened.checkpoints.worked();
  }

  function open({ id, database: name, file }: Order & { readonly kind: "open" }): void {
    try {
      const database = openSqlite(file);
      all.set(name, { database, checkpoints: checkpointsOf(database), held: [] });
      answer(id, { results: [] });
    } catch (error) {
      answer(id, { error });
    }
  }

  return {
    take(order) {
      if (order.kind === "open") return open(order);
      const opened = all.get(order.database);
      if (opened === undefined) return answer(order.id, { error: new Error("the database is not open") });
      opened.held.push(order);
      for (let next = takeNext(opened); next !== undefined; next = takeNext(opened)) run(next, opened);
    },
  };
}

/** The first that need not wait. */
function takeNext({ database: { turn }, held }: Opened): Order | undefined {
  const at =
    turn === undefined ? 0 : held.findIndex((order) => order.kind === "work" && order.work.turn === turn);
  return at < 0 ? undefined : held.splice(at, 1)[0];
}
