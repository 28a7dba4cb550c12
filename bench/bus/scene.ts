import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import {
  type Bus,
  createBus,
  createMemoryTransport,
  type Delivered,
  openEmbeddedTransport,
  type SubscribeOptions,
  type Transport,
} from "@orrery/bus";

export const SUBSCRIPTIONS = 3;

/** A bus to measure and what removes it. */
export interface Stage {
  readonly bus: Bus;
  close(): Promise<void>;
}

export function memoryStage(): Stage {
  const bus = createBus({ transport: createMemoryTransport() });
  return { bus, close: () => bus.close() };
}

/** A log under the working folder: a temporary folder may be in memory. */
export function diskStage(parent = process.cwd()): Stage {
  const dir = mkdtempSync(join(parent, ".bench-bus-"));
  const transport: Transport = openEmbeddedTransport({ dir, exclusive: true, pruneMs: 1_000 });
  const bus = createBus({ transport });
  return {
    bus,
    async close() {
      await bus.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Three subscriptions that count; resolves `all` when each has had `count` events. */
export async function countingReaders(
  bus: Bus,
  count: number,
  handle: (event: Delivered) => unknown,
  options: Partial<SubscribeOptions> = {},
): Promise<{ all: Promise<void>; handled: () => number }> {
  const totals = new Array<number>(SUBSCRIPTIONS).fill(0);
  const all = Promise.withResolvers<void>();
  let ready = 0;
  for (let i = 0; i < SUBSCRIPTIONS; i++) {
    const counted = (result: unknown) => {
      totals[i] = (totals[i] as number) + 1;
      if (totals[i] === count && ++ready === SUBSCRIPTIONS) all.resolve();
      return result;
    };
    await bus.subscribe({
      id: `bench/reader-${i}`,
      types: ["weather.*", "time.*"],
      order: "none",
      handle: (event) => counted(handle(event)),
      ...options,
    }).ready;
  }
  return { all: all.promise, handled: () => totals.reduce((sum, n) => sum + n, 0) };
}
