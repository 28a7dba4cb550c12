import { createFrameWriter } from "@orrery/wire";
import type { SubscriptionSpec } from "@orrery/bus";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openNatsTransport } from "./mod.ts";
import { type NatsServer, startNatsServer } from "./testing/mod.ts";

const TYPE = "probe.v1.Sampled";
let server: NatsServer;
beforeEach(async () => {
  server = await startNatsServer();
});
afterEach(() => server.close());

const spec = (more: Partial<SubscriptionSpec> = {}): SubscriptionSpec => ({
  id: "probe/forgotten",
  types: [TYPE],
  order: "none",
  from: "earliest",
  ...more,
});

function frame(): Uint8Array {
  const head = { publisher: "w", source: "probe", world: "probe", lane: "realtime" } as const;
  const writer = createFrameWriter({ ...head, fingerprint: "c0f0000000000000", firstSequence: 1 });
  writer.appendRaw(TYPE, Buffer.from("x"), { key: "one", timeMs: 1_000 });
  return writer.finish();
}

for (const order of ["none", "key"] as const) {
  it(`forgets a subscription of order ${order}, but not while somebody reads it`, async () => {
    const transport = await openNatsTransport({ servers: server.address, leaseSeconds: 1 });
    await transport.ensure({ topics: [], subscriptions: [spec({ order, from: "earliest" })] });
    await transport.publish([frame()]);
    const consumer = await transport.open(spec({ order }));
    const pulling = consumer.pull(1, 1 << 20, AbortSignal.timeout(5_000));
    await (await pulling)[0]?.settle();
    const waiting = consumer.pull(1, 1 << 20, AbortSignal.timeout(2_000));
    await expect.poll(() => transport.remove(spec().id).catch(String)).toMatch(/BUS_SUBSCRIPTION_IN_USE/);
    await consumer.close();
    await waiting;
    // An unordered member's last request stays at the server until it runs out.
    await expect
      .poll(() => transport.remove(spec().id).then(() => "gone", String), { timeout: 10_000, interval: 200 })
      .toBe("gone");
    expect(await transport.subscriptions()).toEqual([]);
    await transport.close();
  }, 20_000);
}

it("takes an ephemeral subscription away with its member", async () => {
  const transport = await openNatsTransport({ servers: server.address });
  await transport.ensure({ topics: [], subscriptions: [spec({ ephemeral: true })] });
  const consumer = await transport.open(spec({ ephemeral: true }));
  expect((await transport.subscriptions()).map(({ id }) => id)).toEqual([spec().id]);
  await consumer.close();
  expect(await transport.subscriptions()).toEqual([]);
  await transport.close();
});
