import { demand } from "../verdict.ts";
import type { Invariant } from "./invariant.ts";

const KEYS = 64;
const FAILING = 0.05;
const ID = "conformance/ordered";

export const keyOrder: Invariant = {
  id: "I5",
  title: "order per key, also across retries, redelivery and a change of the active member",
  needs: (features) => (features.orderedByKey ? undefined : "does not claim orderedByKey"),
  async run(scene) {
    const count = scene.load(10_000);
    const failures = new Map<number, number>();
    const options = {
      id: ID,
      order: "key",
      concurrency: 8,
      retry: {
        inProcess: { attempts: 2, firstDelayMs: 10, factor: 2, maxDelayMs: 50 },
        atBroker: { rounds: 3, firstDelayMs: 30, factor: 2, maxDelayMs: 100 },
      },
      async handle(_: unknown, { n }: { n: number }) {
        if (scene.random() < 0.02) await scene.clock.sleep(1);
        if (!failures.has(n))
          failures.set(n, scene.random() < FAILING ? 1 + Math.floor(scene.random() * 4) : 0);
        const left = failures.get(n) as number;
        if (left === 0) return;
        failures.set(n, left - 1);
        throw new Error("planned");
      },
    } as const;
    const first = await scene.bus();
    const second = await scene.bus();
    const active = scene.read(first, "first", options);
    await active.ready;
    await scene.read(second, "second", options).ready;
    const writer = await scene.bus();
    const half = Math.ceil(count / 2);
    await scene.write(writer, { writer: 1, count: half, keys: KEYS, frameBytes: 4_096 });
    await scene.until("a good part is handled", () => scene.ledger.handledBy(ID) > half / 4);
    await first.drain({ deadlineMs: 5_000 });
    await scene.write(writer, { writer: 2, count: count - half, keys: KEYS, frameBytes: 4_096 });
    const total = half + (count - half);
    await scene.until("all are handled", () => scene.ledger.handledBy(ID) >= total);
    const { reordered, lost, overlapping, duplicates } = scene.ledger.judge(ID);
    demand(lost.length === 0, `${lost.length} lost`);
    demand(reordered.length === 0, `${reordered.length} out of order, like ${reordered[0]}`);
    demand(overlapping.length === 0, `${overlapping.length} ran twice at once`);
    const failed = scene.ledger.entries.filter((entry) => entry.outcome === "failed").length;
    return { published: total, failed, duplicates };
  },
};
