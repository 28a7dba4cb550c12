// The thread in which the SQLite databases of a process are run; started by `sqlite-thread.ts`.
import { parentPort } from "node:worker_threads";
import { crossingBack } from "./sqlite-crossing.ts";
import { createEngine } from "./sqlite-engine.ts";
import type { Order } from "./sqlite-work.ts";

const engine = createEngine((id, outcome) => {
  const [crossed, handedOver] = crossingBack(outcome);
  parentPort?.postMessage([id, crossed], handedOver);
});
parentPort?.on("message", (order: Order) => engine.take(order));
