import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { openEmbeddedTransport } from "./embedded/transport.ts";
import { createMemoryTransport } from "./memory/transport.ts";
import { SAMPLED, sampleFrame, TOPIC } from "./testing/sample.ts";
import type { SubscriptionSpec, Transport } from "./transport.ts";

const dirs: string[] = [];
const embedded = (dir = mkdtempSync(join(tmpdir(), "orrery-forget-"))) => {
  dirs.push(dir);
  return openEmbeddedTransport({ dir, leaseSeconds: 0.2, pollMs: 5, pruneMs: 10 });
};
const transports: readonly (readonly [string, () => Transport])[] = [
  ["memory", () => createMemoryTransport()],
  ["embedded", () => embedded()],
];
const spec = (more: Partial<SubscriptionSpec> = {}): SubscriptionSpec => ({
  id: "reader/handler",
  types: [SAMPLED.typeName],
  order: "none",
  from: "earliest",
  ...more,
});
const ids = async (transport: Transport) => (await transport.subscriptions()).map(({ id }) => id);

afterEach(() => {
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true });
});

describe.each(transports)("a subscription on the %s transport", (_name, open) => {
  it("is forgotten with what waited for it, and begins anew when it comes again", async () => {
    const transport = open();
    await transport.ensure({ ...TOPIC, subscriptions: [spec({ from: "latest" })] });
    await transport.publish([sampleFrame("p", 1, ["a"])]);
    expect((await transport.lag("reader/handler")).events).toBe(1);
    await transport.remove("reader/handler");
    expect(await ids(transport)).toEqual([]);
    await expect(transport.remove("reader/handler")).rejects.toThrow(/BUS_SUBSCRIPTION_MISSING/);
    await transport.ensure({ topics: [], subscriptions: [spec({ from: "latest" })] });
    expect((await transport.lag("reader/handler")).events).toBe(0);
    await transport.close();
  });

  it("stays while somebody reads it", async () => {
    const transport = open();
    await transport.ensure({ ...TOPIC, subscriptions: [spec()] });
    const consumer = await transport.open(spec());
    await transport.publish([sampleFrame("p", 1, ["a"])]);
    const [delivery] = await consumer.pull(1, 1 << 21, AbortSignal.timeout(3_000));
    await delivery?.settle();
    await expect(transport.remove("reader/handler")).rejects.toThrow(/BUS_SUBSCRIPTION_IN_USE/);
    await consumer.close();
    await transport.remove("reader/handler");
    expect(await ids(transport)).toEqual([]);
    await transport.close();
  });

  it("that is ephemeral goes with its member", async () => {
    const transport = open();
    await transport.ensure({
      ...TOPIC,
      subscriptions: [spec({ ephemeral: true }), spec({ id: "reader/other" })],
    });
    const consumer = await transport.open(spec({ ephemeral: true }));
    await transport.publish([sampleFrame("p", 1, ["a"])]);
    await consumer.pull(1, 1 << 21, AbortSignal.timeout(3_000));
    await consumer.close();
    expect(await ids(transport)).toEqual(["reader/other"]);
    await transport.close();
  });
});
