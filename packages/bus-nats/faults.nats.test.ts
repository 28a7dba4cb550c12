import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { busErrors, createBus, type Delivery, type SubscriptionSpec, type Transport } from "@orrery/bus";
import { createFrameWriter, isError } from "@orrery/wire";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { busNatsErrors } from "./errors.ts";
import { type NatsOptions, openNatsTransport } from "./mod.ts";
import { type NatsServer, startNatsServer } from "./testing/mod.ts";

let server: NatsServer;
let open: Transport[] = [];

beforeEach(async () => {
  server = await startNatsServer();
});
afterEach(async () => {
  await Promise.all(open.map((transport) => transport.close()));
  open = [];
  await server.close();
});

async function transport(options: Partial<NatsOptions> = {}): Promise<Transport> {
  const opened = await openNatsTransport({ servers: server.address, leaseSeconds: 1, ...options });
  open.push(opened);
  return opened;
}

const TYPE = "probe.v1.Sampled";
const spec = (id: string, order: "key" | "none" = "none"): SubscriptionSpec => ({
  id,
  types: [TYPE],
  order,
  from: "earliest",
});

/** A frame of one event. */
function frame(sequence: number, world = "probe", publisher = "writer"): Uint8Array {
  const writer = createFrameWriter({
    publisher,
    source: "probe",
    world,
    lane: "realtime",
    fingerprint: "c0f0000000000000",
    firstSequence: sequence,
  });
  writer.appendRaw(TYPE, Buffer.from(String(sequence)), { key: "one", timeMs: 1_000 + sequence });
  return writer.finish();
}

/** Handles with a bus and tells the numbers in the order they were handled. */
function read(on: Transport, { id, order }: SubscriptionSpec, got: number[]) {
  const bus = createBus({ transport: on });
  const handle = (event: { sequence: number }) => void got.push(event.sequence);
  return bus.subscribe({ id, order, types: [TYPE], handle }).ready.then(() => bus);
}

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const code = (promise: Promise<unknown>) =>
  promise.then(
    () => "none",
    (error) => error.code as string,
  );

describe("wrong circumstances have a code", () => {
  test("no server", async () => {
    const nobody = openNatsTransport({ servers: "127.0.0.1:1" });
    expect(await code(nobody)).toBe(busNatsErrors.NATS_UNREACHABLE.code);
  });

  test("wrong credentials", async () => {
    const guarded = await startNatsServer({
      config: "authorization { user: someone, password: secret }",
    });
    const servers = guarded.address;
    expect(await code(openNatsTransport({ servers }))).toBe(busNatsErrors.NATS_REFUSED.code);
    const connection = { user: "someone", pass: "secret" };
    const well = await openNatsTransport({ servers, connection });
    expect(well.features.durable).toBe(true);
    await well.close();
    await guarded.close();
  });

  test("an option out of its range", async () => {
    expect(await code(transport({ prefix: "a.b" }))).toBe(busNatsErrors.NATS_BAD_OPTION.code);
    expect(await code(transport({ replicas: 2 }))).toBe(busNatsErrors.NATS_BAD_OPTION.code);
  });

  test("an unknown subscription, another order, a frame too large, a delay too long", async () => {
    const t = await transport();
    expect(await code(t.open(spec("probe/none")))).toBe(busErrors.BUS_SUBSCRIPTION_MISSING.code);
    await t.ensure({ topics: [], subscriptions: [spec("probe/a")] });
    const other = t.ensure({ topics: [], subscriptions: [spec("probe/a", "key")] });
    expect(await code(other)).toBe(busErrors.BUS_SUBSCRIPTION_CONFLICT.code);
    const large = new Uint8Array(t.features.maxFrameBytes + 1);
    expect(await code(t.publish([large]))).toBe(busErrors.BUS_FRAME_TOO_LARGE.code);
    const late = { delayMs: t.features.delay + 1, attempt: 1, generation: 0 };
    expect(await code(t.requeue("probe/a", frame(1), late))).toBe(busErrors.BUS_FEATURE_MISSING.code);
  });

  test("no server while publishing: bounded in time and in bytes", async () => {
    const t = await transport({ outageMs: 500, outageBytes: 1_000 });
    await t.publish([frame(1)]);
    await server.kill();
    const waiting = code(t.publish(numbers(2, 10).map((n) => frame(n))));
    expect(await code(t.publish(numbers(11, 20).map((n) => frame(n))))).toBe(busErrors.BUS_THROTTLED.code);
    expect(await waiting).toBe(busErrors.BUS_OUTCOME_UNKNOWN.code);
    await server.restart();
  });
});

describe("what is lost at the server comes back", () => {
  for (const order of ["none", "key"] as const) {
    test(`a server killed and started again, order ${order}`, async () => {
      const t = await transport();
      const got: number[] = [];
      await read(t, spec("probe/reader", order), got);
      for (const n of numbers(1, 20)) await t.publish([frame(n)]);
      await expect.poll(() => new Set(got).size, { timeout: 10_000 }).toBe(20);
      await server.restart();
      for (const n of numbers(21, 40)) await t.publish([frame(n)]);
      await expect.poll(() => new Set(got).size, { timeout: 20_000 }).toBe(40);
      if (order === "key") expect([...new Set(got)]).toEqual(numbers(1, 40));
    });

    test(`consumers deleted behind our back, order ${order}`, async () => {
      const t = await transport();
      const got: number[] = [];
      await read(t, spec("probe/reader", order), got);
      for (const n of numbers(1, 20)) await t.publish([frame(n)]);
      await expect.poll(() => new Set(got).size, { timeout: 10_000 }).toBe(20);
      const nc = await connect({ servers: server.address });
      const jsm = await jetstreamManager(nc);
      for (const stream of ["orrery-world-probe", "orrery-retry"]) {
        for await (const { name } of jsm.consumers.list(stream)) await jsm.consumers.delete(stream, name);
      }
      await nc.close();
      for (const n of numbers(21, 40)) await t.publish([frame(n)]);
      await expect.poll(() => new Set(got).size, { timeout: 20_000 }).toBe(40);
    });

    test(`a world's stream deleted, order ${order}`, async () => {
      const t = await transport();
      const got: number[] = [];
      await read(t, spec("probe/reader", order), got);
      await t.publish([frame(1)]);
      await expect.poll(() => got.length, { timeout: 10_000 }).toBe(1);
      const nc = await connect({ servers: server.address });
      await (await jetstreamManager(nc)).streams.delete("orrery-world-probe");
      await nc.close();
      for (const n of numbers(2, 20)) await t.publish([frame(n)]);
      await expect.poll(() => new Set(got).size, { timeout: 20_000 }).toBe(20);
    });

    test(`a world that begins later, order ${order}`, async () => {
      const t = await transport();
      const got: number[] = [];
      await read(t, spec("probe/reader", order), got);
      const other = await transport();
      await other.publish([frame(1, "first"), frame(2, "second.world/ü")]);
      await expect.poll(() => got.length, { timeout: 10_000 }).toBe(2);
    });
  }
});

describe("what is none of ours", () => {
  for (const order of ["none", "key"] as const) {
    test(`garbage on a subject is a dead letter, and what follows is handled, order ${order}`, async () => {
      const t = await transport();
      const got: number[] = [];
      const bus = await read(t, spec("probe/reader", order), got);
      await t.publish([frame(1)]);
      const nc = await connect({ servers: server.address });
      nc.publish("orrery.world.probe.realtime.probe.stranger", "no frame at all");
      nc.publish("orrery.world.probe.realtime.probe.stranger");
      await nc.flush();
      await nc.close();
      await t.publish([frame(2)]);
      await expect.poll(() => got, { timeout: 10_000 }).toEqual([1, 2]);
      await expect
        .poll(async () => (await Array.fromAsync(bus.deadLetters("probe/reader"))).length, {
          timeout: 10_000,
        })
        .toBe(2);
      const [letter] = await Array.fromAsync(bus.deadLetters("probe/reader"));
      expect(letter?.reason).toBe("UNDECODABLE");
      expect(Buffer.from(letter?.payload ?? []).toString()).toBe("no frame at all");
    });
  }
});

test("strangers' messages of every size up to the server's limit become letters with all their bytes, and nothing stands", async () => {
  const t = await transport();
  const got: number[] = [];
  const bus = await read(t, spec("probe/reader", "key"), got);
  await t.publish([frame(1)]);
  const nc = await connect({ servers: server.address });
  const most = nc.info?.max_payload ?? 0;
  const sizes = [1, 1_000, most - 20_000, most - 16_384, most - 200, most];
  for (const size of sizes) nc.publish("orrery.world.probe.realtime.probe.stranger", Buffer.alloc(size, "x"));
  await nc.flush();
  await nc.close();
  await t.publish([frame(2)]);
  await expect.poll(() => got, { timeout: 20_000 }).toEqual([1, 2]);
  const letters = () => Array.fromAsync(bus.deadLetters("probe/reader"));
  await expect.poll(async () => (await letters()).length, { timeout: 20_000 }).toBe(sizes.length);
  const lengths = (await letters()).map(({ payload }) => payload.length);
  expect(lengths.sort((a, b) => a - b)).toEqual(sizes);
  expect(bus.troubles()).toEqual([]);
  for (const { entryId } of await letters()) await bus.discard("probe/reader", entryId);
  expect(await letters()).toEqual([]);
});

describe("leases", () => {
  test("a frame that is not renewed goes to another member, once more, and the first cannot settle it", async () => {
    const [a, b] = [await transport(), await transport()];
    await a.ensure({ topics: [], subscriptions: [spec("probe/leased")] });
    const first = await a.open(spec("probe/leased"));
    await a.publish([frame(1)]);
    const [held] = await first.pull(1, 1e6, AbortSignal.timeout(5_000));
    const second = await b.open(spec("probe/leased"));
    const [again] = await second.pull(1, 1e6, AbortSignal.timeout(10_000));
    expect(again?.attempt).toBe(2);
    const refused = await (held?.settle() ?? Promise.resolve()).then(
      () => undefined,
      (error) => error,
    );
    expect(isError(refused, busErrors.BUS_LEASE_LOST)).toBe(true);
    await again?.settle();
    await expect.poll(async () => (await a.lag("probe/leased")).frames, { timeout: 5_000 }).toBe(0);
  });

  test("an ordered member that does not renew loses all to the next one, with attempts grown, in order", async () => {
    const [a, b] = [await transport(), await transport()];
    const ordered = spec("probe/ordered", "key");
    await a.ensure({ topics: [], subscriptions: [ordered] });
    const first = await a.open(ordered);
    const second = await b.open(ordered);
    expect([first.standby, second.standby]).toEqual([false, true]);
    await a.publish(numbers(1, 4).map((n) => frame(n)));
    const held: Delivery[] = [];
    while (held.length < 3)
      held.push(...(await first.pull(3 - held.length, 1e6, AbortSignal.timeout(5_000))));
    await held[0]?.settle();
    await first.close();
    expect(await code(held[1]?.settle() ?? Promise.resolve())).toBe(busErrors.BUS_LEASE_LOST.code);
    const got: Delivery[] = [];
    while (got.length < 3) got.push(...(await second.pull(8, 1e6, AbortSignal.timeout(10_000))));
    expect(got.map(({ attempt }) => attempt)).toEqual([2, 2, 1]);
    expect(
      got.map(({ frame: bytes }) => Buffer.from(bytes).equals(Buffer.from(held[1]?.frame ?? []))),
    ).toEqual([true, false, false]);
    for (const delivery of got) await delivery.settle();
    await expect.poll(async () => (await b.lag("probe/ordered")).frames, { timeout: 5_000 }).toBe(0);
  });
});

test("a frame sent twice within the window is kept once", async () => {
  const t = await transport();
  const got: number[] = [];
  await t.ensure({ topics: [], subscriptions: [spec("probe/once")] });
  await t.publish([frame(1)]);
  await t.publish([frame(1), frame(2)]);
  expect((await t.lag("probe/once")).frames).toBe(2);
  await read(t, spec("probe/once"), got);
  await expect.poll(() => got.length, { timeout: 5_000 }).toBe(2);
});

test("lag counts events and publishers, what waits for a retry and dead letters", async () => {
  const t = await transport();
  await t.ensure({ topics: [], subscriptions: [spec("probe/lag"), spec("probe/lag-ordered", "key")] });
  await t.publish([frame(1), frame(2), frame(1, "other", "second")]);
  await t.requeue("probe/lag", frame(1), { delayMs: 60_000, attempt: 2, generation: 0 });
  for (const id of ["probe/lag", "probe/lag-ordered"]) {
    const lag = await t.lag(id);
    expect(lag).toMatchObject({ events: 3, frames: 3, oldestMs: 1_001, deadLetters: 0 });
    expect(lag.requeued).toBe(id === "probe/lag" ? 1 : 0);
    const world = "probe";
    expect(lag.publishers).toContainEqual({ publisher: "writer", world, head: 2, handled: 0, events: 2 });
  }
  expect((await t.subscriptions()).map(({ id }) => id).sort()).toEqual(["probe/lag", "probe/lag-ordered"]);
});

test("a requeued frame keeps its pause over a member's end, and the pause is no attempt", async () => {
  const t = await transport();
  await t.ensure({ topics: [], subscriptions: [spec("probe/later")] });
  const beganMs = performance.now();
  await t.requeue("probe/later", frame(1), { delayMs: 700, attempt: 3, generation: 1 });
  const early = await t.open(spec("probe/later"));
  expect(await early.pull(1, 1e6, AbortSignal.timeout(200))).toEqual([]);
  await early.close();
  const late = await t.open(spec("probe/later"));
  const [delivery] = await late.pull(1, 1e6, AbortSignal.timeout(10_000));
  expect(performance.now() - beganMs).toBeGreaterThanOrEqual(698);
  expect(delivery).toMatchObject({ attempt: 3, generation: 1 });
  await delivery?.delay(0);
  const [again] = await late.pull(1, 1e6, AbortSignal.timeout(5_000));
  expect(again).toMatchObject({ attempt: 4, generation: 1 });
  await again?.settle();
});

test("the durability class is read from the server", async () => {
  const port = Number(server.address.split(":")[1]);
  expect((await transport()).features.ackDurability).toBe("replicated-unsynced");
  expect((await transport({ storage: "memory", prefix: "m" })).features.ackDurability).toBe("memory");
  const synced = await startNatsServer({ syncAlways: true, config: `http: "127.0.0.1:${port + 1}"` });
  const monitor = `http://127.0.0.1:${port + 1}`;
  const t = await openNatsTransport({ servers: synced.address, monitor });
  expect(t.features.ackDurability).toBe("synced");
  await t.close();
  await synced.close();
});
