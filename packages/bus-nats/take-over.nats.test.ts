import type { Consumer, Delivery, SubscriptionSpec, Transport } from "@orrery/bus";
import { createFrameWriter, peekFrame } from "@orrery/wire";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openNatsTransport } from "./mod.ts";
import { type NatsServer, startNatsServer } from "./testing/mod.ts";

const TYPE = "probe.v1.Sampled";
const LEASE_S = 30;
const spec: SubscriptionSpec = { id: "probe/one", types: [TYPE], order: "key", from: "earliest" };

let server: NatsServer;
let opened: Transport[];
beforeEach(async () => {
  server = await startNatsServer();
  opened = [];
});
afterEach(async () => {
  for (const transport of opened) await transport.close();
  await server.close();
});

async function open(): Promise<Transport> {
  const transport = await openNatsTransport({ servers: server.address, leaseSeconds: LEASE_S });
  opened.push(transport);
  return transport;
}
function frame(firstSequence: number): Uint8Array {
  const head = { publisher: "w", source: "probe", world: "probe", lane: "realtime" } as const;
  const writer = createFrameWriter({ ...head, fingerprint: "c0f0000000000000", firstSequence });
  writer.appendRaw(TYPE, Buffer.from("x"), { key: "one", timeMs: 1_000 });
  return writer.finish();
}
const sequenceOf = (delivery: Delivery | undefined) => delivery && peekFrame(delivery.frame).firstSequence;
const pull = (consumer: Consumer, ms: number) => consumer.pull(1, 1 << 20, AbortSignal.timeout(ms));

it("a member that takes over is the active one at once, has what the other had in hand, and the other is none any more", async () => {
  const [one, two] = [await open(), await open()];
  await one.ensure({ topics: [], subscriptions: [spec] });
  await one.publish([frame(1), frame(2)]);
  const first = await one.open(spec);
  const [settled] = await pull(first, 5_000);
  await settled?.settle();
  // In hand, and never settled.
  const [held] = await pull(first, 5_000);
  expect(held).toBeDefined();

  const second = await two.open({ ...spec, takesOver: true });
  const again: (number | undefined)[] = [];
  while (again.length < 2 && again.at(-1) !== 2) {
    const [delivery] = await pull(second, 5_000);
    again.push(sequenceOf(delivery));
    await delivery?.settle();
  }
  // What was settled just before may come once more, as after a crash.
  expect([[2], [1, 2]]).toContainEqual(again);
  await two.publish([frame(3)]);
  expect(sequenceOf((await pull(second, 5_000))[0])).toBe(3);
  await expect.poll(() => first.standby, { timeout: (LEASE_S * 1_000) / 2 }).toBe(true);
}, 40_000);

it("without it waits for the lease", async () => {
  const [one, two] = [await open(), await open()];
  await one.ensure({ topics: [], subscriptions: [spec] });
  await one.publish([frame(1)]);
  const first = await one.open(spec);
  await pull(first, 5_000);
  const second = await two.open(spec);
  expect(await pull(second, 1_500)).toEqual([]);
  expect(second.standby).toBe(true);
}, 20_000);
