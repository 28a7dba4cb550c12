import type { Order } from "./orders.ts";

/** Orders that wait, and who is next: owners in turn, so that nobody's many keep others from their few. */
export interface Queue {
  add(order: Order): void;
  /** The next whose target has room; it counts against its limits until `done`. */
  take(): Order | undefined;
  done(order: Order): void;
  readonly waiting: number;
  readonly running: number;
  clear(): void;
}

export interface Limits {
  readonly inAll: number;
  readonly perTarget: number;
}

export function createQueue({ inAll, perTarget }: Limits): Queue {
  /** In the order in which they are to be served. */
  const owners = new Map<string, Order[]>();
  const running = new Map<string, number>();
  let count = 0;
  let waiting = 0;
  const hasRoom = (target: string) => target === "" || (running.get(target) ?? 0) < perTarget;

  return {
    add(order) {
      const { ownerId } = order.execution;
      const own = owners.get(ownerId);
      if (own === undefined) owners.set(ownerId, [order]);
      else own.push(order);
      waiting += 1;
    },
    take() {
      if (count >= inAll) return undefined;
      for (const [owner, own] of owners) {
        const at = own.findIndex(({ target }) => hasRoom(target));
        if (at < 0) continue;
        const [order] = own.splice(at, 1) as [Order];
        // Behind all others, until they had their turn.
        owners.delete(owner);
        if (own.length > 0) owners.set(owner, own);
        count += 1;
        waiting -= 1;
        running.set(order.target, (running.get(order.target) ?? 0) + 1);
        return order;
      }
      return undefined;
    },
    done({ target }) {
      count -= 1;
      const left = (running.get(target) ?? 1) - 1;
      if (left > 0) running.set(target, left);
      else running.delete(target);
    },
    get waiting() {
      return waiting;
    },
    get running() {
      return count;
    },
    clear() {
      owners.clear();
      waiting = 0;
    },
  };
}
