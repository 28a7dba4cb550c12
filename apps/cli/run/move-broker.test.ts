import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createBus, createMemoryTransport, openEmbeddedTransport, type Transport } from "@orrery/bus";
import { createFrameWriter, defineErrors, OrreryError } from "@orrery/wire";
import { expect, it, vi } from "vitest";
import { moveBroker } from "./move-broker.ts";

const TYPE = "test.v1.Said";
const errors = defineErrors({ TEST_NO: { status: "internal", summary: "No", todo: "Nothing" } });

function frame(publisher: string, first: number, count: number): Uint8Array {
  const head = { publisher, source: "test", world: "w", lane: "standard" } as const;
  const writer = createFrameWriter({ ...head, fingerprint: "0000000000000000", firstSequence: first });
  for (let i = 0; i < count; i++)
    writer.appendRaw(TYPE, new Uint8Array([i]), { key: publisher, timeMs: 1_000 + first + i });
  return writer.finish();
}

/** Handles what there is; `stop` after so many. */
async function handle(transport: Transport, id: string, refuse: (sequence: number) => boolean) {
  const seen: string[] = [];
  const bus = createBus({ transport });
  const subscription = bus.subscribe({
    id,
    types: ["test.*"],
    order: "key",
    handle({ publisher, sequence }) {
      if (refuse(sequence)) throw new OrreryError(errors.TEST_NO);
      seen.push(`${publisher}/${sequence}`);
    },
  });
  await subscription.ready;
  return { seen, drain: () => subscription.drain(), lag: () => subscription.lag() };
}

it("carries what nobody has handled yet, its order, and dead letters; what was handled stays behind", async () => {
  const dir = mkdtempSync(join(tmpdir(), "orrery-move-"));
  const from = openEmbeddedTransport({ dir, leaseSeconds: 1 });
  const to = createMemoryTransport();
  await from.ensure({ topics: [{ service: "test", lane: "standard" }], subscriptions: [] });
  const first = await handle(from, "reader/quick", (sequence) => sequence === 2);
  await from.ensure({
    topics: [],
    subscriptions: [{ id: "reader/late", types: ["test.*"], order: "key", from: "earliest" }],
  });
  await from.publish([frame("a", 1, 3)]);
  await vi.waitUntil(async () => (await first.lag()).events === 0);
  await first.drain();
  await from.publish([frame("b", 1, 2), frame("a", 4, 2)]);

  expect(await moveBroker(from, to)).toEqual({ subscriptions: 2, frames: 3, events: 7, deadLetters: 1 });
  expect((await from.lag("reader/late")).events).toBe(0);
  const late = await handle(to, "reader/late", () => false);
  await vi.waitUntil(async () => (await late.lag()).events === 0);
  expect(late.seen.filter((name) => name.startsWith("a/"))).toEqual(["a/1", "a/2", "a/3", "a/4", "a/5"]);
  expect(new Set(late.seen).size).toBe(7);
  expect((await to.deadLetters("reader/quick", { limit: 10 })).map(({ sequence }) => sequence)).toEqual([2]);
  expect(await from.deadLetters("reader/quick", { limit: 10 })).toEqual([]);

  expect(await moveBroker(from, to)).toMatchObject({ frames: 0, deadLetters: 0 });
  await from.close();
  rmSync(dir, { recursive: true });
});

const spec = (id: string, order: "key" | "none") =>
  ({ id, types: ["test.*"], order, from: "earliest" }) as const;

it("ends only when nothing is left: what a process that died held comes when its lease has run out, retries when they are due", async () => {
  const from = createMemoryTransport({ leaseSeconds: 1 });
  const to = createMemoryTransport();
  await from.ensure({
    topics: [{ service: "test", lane: "standard" }],
    subscriptions: [spec("reader/shared", "none"), spec("reader/ordered", "key")],
  });
  await from.publish([frame("a", 1, 3), frame("a", 4, 2), frame("a", 6, 1)]);
  for (const [id, order] of [
    ["reader/shared", "none"],
    ["reader/ordered", "key"],
  ] as const) {
    const dies = await from.open(spec(id, order));
    expect(await dies.pull(2, 1e9, AbortSignal.timeout(1_000))).toHaveLength(2);
  }
  await from.requeue("reader/shared", frame("a", 7, 1), { delayMs: 2_500, attempt: 2, generation: 0 });
  expect(await moveBroker(from, to)).toMatchObject({ frames: 4, events: 7 });
  for (const id of ["reader/shared", "reader/ordered"])
    expect(await from.lag(id)).toMatchObject({ frames: 0, requeued: 0 });
  const late = await handle(to, "reader/ordered", () => false);
  await vi.waitUntil(async () => (await late.lag()).events === 0);
  expect(late.seen).toEqual(["a/1", "a/2", "a/3", "a/4", "a/5", "a/6", "a/7"]);
});

it("a frame that cannot be read, and an event the other broker cannot carry, are named and become letters there", async () => {
  const from = createMemoryTransport({ leaseSeconds: 1 });
  const small = createMemoryTransport();
  const to = { ...small, features: { ...small.features, maxFrameBytes: 400 } };
  await from.ensure({
    topics: [{ service: "test", lane: "standard" }],
    subscriptions: [spec("reader/a", "key")],
  });
  const writer = createFrameWriter({
    publisher: "b",
    source: "test",
    world: "w",
    lane: "standard",
    fingerprint: "0000000000000000",
    firstSequence: 1,
  });
  for (const size of [200, 1_000, 200]) writer.appendRaw(TYPE, new Uint8Array(size), { key: "k", timeMs: 1 });
  await from.publish([frame("a", 1, 1), writer.finish()]);
  const damaged = frame("a", 2, 1);
  damaged[damaged.length - 1] = (damaged[damaged.length - 1] as number) ^ 1;
  await from.requeue("reader/a", damaged, { delayMs: 0, attempt: 1, generation: 0 });
  const { givenUp, ...moved } = await moveBroker(from, to);
  expect(moved).toMatchObject({ frames: 3, events: 4 });
  expect(givenUp).toEqual([
    { subscription: "reader/a", event: `${TYPE} b/2`, bytes: 1_000, code: "BUS_EVENT_TOO_LARGE" },
    { subscription: "reader/a", event: "a/2", bytes: damaged.length, code: "WIRE_FRAME_DAMAGED" },
  ]);
  const letters = await to.deadLetters("reader/a", { limit: 10 });
  expect(letters.map(({ payload }) => payload.length).sort((a, b) => a - b)).toEqual([damaged.length, 1_000]);
  expect((await from.lag("reader/a")).frames).toBe(0);
});
