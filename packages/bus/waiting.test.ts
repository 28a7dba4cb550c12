import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { openEmbeddedTransport } from "./embedded/transport.ts";
import { createMemoryTransport } from "./memory/transport.ts";
import { SAMPLED, sampleFrame, TOPIC, WORLD } from "./testing/sample.ts";
import type { SubscriptionSpec, Transport } from "./transport.ts";
import { waitingIn } from "./waiting.ts";

const dirs: string[] = [];
afterEach(() => {
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true });
});
const transports: readonly (readonly [string, () => Transport])[] = [
  ["memory", () => createMemoryTransport()],
  [
    "embedded",
    () => {
      dirs.push(mkdtempSync(join(tmpdir(), "orrery-waiting-")));
      return openEmbeddedTransport({
        dir: dirs.at(-1) as string,
        leaseSeconds: 1,
        pollMs: 5,
        pruneMs: 1_000,
      });
    },
  ],
];
const spec = (id: string, more: Partial<SubscriptionSpec> = {}): SubscriptionSpec => ({
  id,
  types: [SAMPLED.typeName],
  order: "key",
  from: "earliest",
  ...more,
});

describe.each(transports)("what waits in a world on the %s transport", (_name, open) => {
  it("is what subscriptions of single types have not settled, and nothing of another world", async () => {
    const transport = open();
    const subscriptions = [
      spec("mill/hours"),
      spec("inn/hours", { order: "none" }),
      spec("journal/all", { types: ["*"] }),
      spec("door/pictures", { ephemeral: true }),
      spec("abbey/hours", { worlds: ["elsewhere"] }),
    ];
    await transport.ensure({ ...TOPIC, subscriptions });
    expect(await waitingIn(WORLD, transport)).toEqual([]);
    await transport.publish([sampleFrame("p", 1, ["a", "b"]), sampleFrame("q", 7, ["c"])]);
    const handled = new Map([
      ["p", 0],
      ["q", 6],
    ]);
    const all = [
      { subscription: "inn/hours", events: 3, handled },
      { subscription: "mill/hours", events: 3, handled },
    ];
    const waiting = async (world: string) =>
      (await waitingIn(world, transport)).toSorted((a, b) => (a.subscription < b.subscription ? -1 : 1));
    expect(await waiting(WORLD)).toEqual(all);
    expect(await waiting("elsewhere")).toEqual([]);

    const consumer = await transport.open(subscriptions[0] as SubscriptionSpec);
    const signal = AbortSignal.timeout(5_000);
    for (let left = 2; left > 0; ) {
      const deliveries = await consumer.pull(1, 1 << 20, signal);
      // Leased is not handled.
      expect((await waiting(WORLD)).map(({ subscription }) => subscription)).toContain("mill/hours");
      for (const delivery of deliveries) await delivery.settle();
      left -= deliveries.length;
    }
    expect(await waiting(WORLD)).toEqual(all.slice(0, 1));
    await consumer.close();
    await transport.close();
  });
});

it("is unknown where it cannot be read, and is not taken for nothing", async () => {
  const transport = createMemoryTransport();
  await transport.ensure({ ...TOPIC, subscriptions: [spec("mill/hours")] });
  const away = { ...transport, lag: () => Promise.reject(new Error("away")) };
  expect(await waitingIn(WORLD, away)).toMatchObject([{ subscription: "mill/hours", unknown: "away" }]);
});

it("counts what nobody knows the world of: any world may wait for it", async () => {
  const transport = createMemoryTransport();
  await transport.ensure({ ...TOPIC, subscriptions: [spec("mill/hours")] });
  await transport.publish([sampleFrame("p", 1, ["a", "b"])]);
  const lag = async (id: string) => ({ ...(await transport.lag(id)), events: 5, publishers: [] });
  expect(await waitingIn("elsewhere", { ...transport, lag })).toMatchObject([{ events: 5 }]);
});
