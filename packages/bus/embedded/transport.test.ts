import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { type FileHandle, open as openFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Clock, systemClock } from "../clock.ts";
import { frameHead } from "../head.ts";
import { SAMPLED, sampleFrame, TOPIC } from "../testing/sample.ts";
import type { Consumer, Delivery, NewDeadLetter, SubscriptionSpec, Transport } from "../transport.ts";
import { listSegments } from "./segments.ts";
import { type EmbeddedOptions, openEmbeddedTransport } from "./transport.ts";

let dir: string;
const open: Transport[] = [];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "orrery-embedded-"));
});
afterEach(async () => {
  for (const transport of open.splice(0)) await transport.close();
  rmSync(dir, { recursive: true, force: true });
});

/** A transport on the shared folder, as another process would open it. */
async function process_(options: Partial<EmbeddedOptions> = {}): Promise<Transport> {
  const transport = openEmbeddedTransport({ dir, leaseSeconds: 0.3, pollMs: 10, ...options });
  open.push(transport);
  await transport.ensure(TOPIC);
  return transport;
}

const ORDERED: SubscriptionSpec = {
  id: "reader/ordered",
  types: [SAMPLED.typeName],
  order: "key",
  from: "earliest",
};
const SHARED: SubscriptionSpec = { ...ORDERED, id: "reader/shared", order: "none" };

async function join_(transport: Transport, spec: SubscriptionSpec): Promise<Consumer> {
  await transport.ensure({ topics: [], subscriptions: [spec] });
  return transport.open(spec);
}

async function pullOne(consumer: Consumer, withinMs = 3_000): Promise<Delivery | undefined> {
  const [delivery] = await consumer.pull(1, 1 << 21, AbortSignal.timeout(withinMs));
  return delivery;
}

const first = (delivery: Delivery | undefined) =>
  delivery === undefined ? undefined : frameHead(delivery.frame).firstSequence;

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; !(await holds()); i++) {
    if (i > 1_000) throw new Error("never came true");
    await systemClock.sleep(5);
  }
}

test("what one process publishes another reads, from memory or from the files", async () => {
  const writer = await process_();
  const reader = await process_();
  const near = await join_(writer, { ...SHARED, id: "near/all" });
  const far = await join_(reader, { ...SHARED, id: "far/all" });
  await writer.publish([sampleFrame("p", 1, ["one"])]);
  expect(first(await pullOne(near))).toBe(1);
  expect(first(await pullOne(far))).toBe(1);
});

test("a standby takes over what the active member had not settled, when that leaves", async () => {
  const one = await process_();
  const two = await process_();
  const active = await join_(one, ORDERED);
  const standby = await join_(two, ORDERED);
  expect([active.standby, standby.standby]).toEqual([false, true]);
  await one.publish([sampleFrame("p", 1, ["a"]), sampleFrame("p", 2, ["b"])]);
  await (await pullOne(active))?.settle();
  await pullOne(active);
  await active.close();
  const next = await pullOne(standby);
  expect([first(next), standby.standby]).toEqual([2, false]);
});

test("a process that stands still loses its lease to another and finds out", async () => {
  let frozen = false;
  const freezing: Clock = {
    now: systemClock.now,
    async sleep(ms, signal) {
      await systemClock.sleep(ms, signal);
      while (frozen && !signal?.aborted) await systemClock.sleep(5);
    },
  };
  const one = await process_({ clock: freezing });
  const two = await process_();
  const active = await join_(one, ORDERED);
  const standby = await join_(two, ORDERED);
  await two.publish([sampleFrame("p", 1, ["a"])]);
  const held = await pullOne(active);
  await systemClock.sleep(250);
  frozen = true;
  const taken = await pullOne(standby);
  expect([first(held), first(taken), taken?.attempt]).toEqual([1, 1, 2]);
  frozen = false;
  await expect(held?.renew()).rejects.toThrow("BUS_LEASE_LOST");
  await expect(held?.settle()).rejects.toThrow("BUS_LEASE_LOST");
  expect(await taken?.renew()).toBeGreaterThan(systemClock.now());
});

test("a writer that comes back in another slot is still read in order", async () => {
  const a = await process_();
  const b = await process_();
  await a.publish(Array.from({ length: 6 }, (_, i) => sampleFrame("writer", 1 + i, [`early ${i}`])));
  await b.publish([sampleFrame("other", 1, ["x"])]);
  await a.close();
  await b.close();
  const other = await process_();
  const again = await process_();
  await again.publish(Array.from({ length: 6 }, (_, i) => sampleFrame("writer", 7 + i, [`late ${i}`])));
  const reader = await join_(other, ORDERED);
  const seen: number[] = [];
  while (seen.length < 12) {
    const delivery = await pullOne(reader);
    if (delivery === undefined) break;
    const head = frameHead(delivery.frame);
    if (head.publisher === "writer") seen.push(head.firstSequence);
    await delivery.settle();
  }
  expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
});

test("members share an unordered subscription, each frame going to one", async () => {
  const members = await Promise.all([process_(), process_(), process_()]);
  const consumers = await Promise.all(members.map((member) => join_(member, SHARED)));
  await systemClock.sleep(200);
  const [writer] = members;
  await writer?.publish(Array.from({ length: 60 }, (_, i) => sampleFrame("p", 1 + i, ["x"])));
  const got = consumers.map(() => [] as number[]);
  const stop = AbortSignal.timeout(1_500);
  await Promise.all(
    consumers.map(async (consumer, i) => {
      while (!stop.aborted && got.flat().length < 60) {
        for (const delivery of await consumer.pull(4, 1 << 21, stop)) {
          got[i]?.push(first(delivery) as number);
          await delivery.settle();
        }
      }
    }),
  );
  expect(got.flat().sort((x, y) => x - y)).toEqual(Array.from({ length: 60 }, (_, i) => i + 1));
  expect(got.every((own) => own.length > 0)).toBe(true);
});

test("a pause and its attempt outlive the process that asked for them", async () => {
  const one = await process_();
  const consumer = await join_(one, ORDERED);
  await one.publish([sampleFrame("p", 1, ["a"]), sampleFrame("p", 2, ["b"])]);
  const delivery = await pullOne(consumer);
  const beganMs = systemClock.now();
  await delivery?.delay(400);
  await one.close();
  const two = await process_();
  const again = await pullOne(await join_(two, ORDERED));
  expect([first(again), again?.attempt]).toEqual([1, 2]);
  expect(systemClock.now() - beganMs).toBeGreaterThanOrEqual(400);
});

test("requeued frames and dead letters outlive the process, and a redrive takes its letter along", async () => {
  const one = await process_();
  await one.ensure({ topics: [], subscriptions: [SHARED] });
  const frame = sampleFrame("p", 9, ["a"]);
  await one.requeue(SHARED.id, frame, { delayMs: 0, attempt: 3, generation: 1 });
  const letter: NewDeadLetter = {
    reason: "REJECTED",
    code: "UNCODED",
    message: "no",
    attempts: 1,
    firstMs: 1,
    lastMs: 2,
    generation: 0,
    publisher: "p",
    sequence: 5,
    publishedMs: 1,
    type: SAMPLED.typeName,
    key: "k",
    world: "w",
    frame: sampleFrame("p", 5, ["dead"]),
    payload: new Uint8Array([0, 255]),
    contentType: "protobuf",
    traceparent: "",
    frameId: "p/5",
  };
  const kept = await one.deadLetter(SHARED.id, letter);
  expect(await one.deadLetter(SHARED.id, letter)).toEqual(kept);
  await one.close();
  const two = await process_();
  const consumer = await join_(two, SHARED);
  const requeued = await pullOne(consumer);
  expect([first(requeued), requeued?.attempt, requeued?.generation]).toEqual([9, 3, 1]);
  await requeued?.settle();
  expect(await two.deadLetters(SHARED.id, { limit: 10 })).toEqual([kept]);
  await two.requeue(SHARED.id, kept.frame, { delayMs: 0, attempt: 1, generation: 1, entryId: kept.entryId });
  expect(await two.deadLetters(SHARED.id, { limit: 10 })).toEqual([]);
  expect(first(await pullOne(consumer))).toBe(5);
  const twice = two.requeue(SHARED.id, kept.frame, {
    delayMs: 0,
    attempt: 1,
    generation: 1,
    entryId: kept.entryId,
  });
  await expect(twice).rejects.toThrow("BUS_DEAD_LETTER_UNKNOWN");
});

test("segments are deleted once every subscription has passed them, and not before", async () => {
  const one = await process_({ segmentBytes: 2_000, pruneMs: 20 });
  const fast = await join_(one, { ...SHARED, id: "fast/all" });
  const slow = await join_(one, { ...SHARED, id: "slow/all" });
  for (let n = 1; n <= 100; n++) await one.publish([sampleFrame("p", n, ["x".repeat(60)])]);
  const lane = join(dir, "log", "0", "realtime");
  const before = listSegments(lane).length;
  const readAll = async (consumer: Consumer) => {
    for (let n = 1; n <= 100; n++) await (await pullOne(consumer))?.settle();
  };
  await readAll(fast);
  await systemClock.sleep(400);
  expect(listSegments(lane)).toHaveLength(before);
  await readAll(slow);
  await until(() => listSegments(lane).length === 1);
  await one.publish([sampleFrame("p", 101, ["x"])]);
  expect(first(await pullOne(slow))).toBe(101);
});

test("a subscription from the latest hears only what comes after it", async () => {
  const one = await process_();
  await one.publish([sampleFrame("p", 1, ["before"])]);
  const consumer = await join_(one, { ...SHARED, from: "latest" });
  await one.publish([sampleFrame("p", 2, ["after"])]);
  expect(first(await pullOne(consumer))).toBe(2);
});

test("lag is exact for whoever asks, also without a member", async () => {
  const one = await process_();
  const consumer = await join_(one, SHARED);
  await one.publish([sampleFrame("p", 1, ["a", "b"]), sampleFrame("p", 3, ["c"])]);
  const delivery = await pullOne(consumer);
  expect(await one.lag(SHARED.id)).toMatchObject({ events: 3, frames: 2 });
  await delivery?.settle();
  await consumer.close();
  const two = await process_();
  expect((await two.lag(SHARED.id)).frames).toBe(1);
  expect((await two.lag(SHARED.id)).publishers[0]).toMatchObject({ publisher: "p", head: 3 });
});

/** Bytes of the log that looking at a subscription's lag reads. */
async function bytesRead(look: () => Promise<unknown>): Promise<number> {
  const handles = await openFile(join(dir, "probe"), "w");
  const prototype = Object.getPrototypeOf(handles) as FileHandle;
  await handles.close();
  const read = vi.spyOn(prototype, "read");
  try {
    await look();
    const results = await Promise.all(
      read.mock.results.map(({ value }) => value as Promise<{ bytesRead: number }>),
    );
    return results.reduce((sum, result) => sum + result.bytesRead, 0);
  } finally {
    read.mockRestore();
  }
}

test.each([
  ["that nothing is for", {}],
  ["that nothing is for and that is gone with its member", { ephemeral: true }],
])(
  "to look at the lag of a subscription %s is not to read the log from where it began",
  async (_, change) => {
    const one = await process_({ recentBytes: 0 });
    const consumer = await join_(one, { ...SHARED, ...change });
    for (let i = 0; i < 40; i++) await one.publish([sampleFrame("p", 1 + i, ["x".repeat(50_000)])]);
    const pulling = (async () => {
      for (
        let delivery = await pullOne(consumer, 300);
        delivery !== undefined;
        delivery = await pullOne(consumer, 300)
      )
        await delivery.settle();
    })();
    await pulling;
    const size = listSegments(join(dir, "log/0/realtime")).reduce(
      (sum, { path }) => sum + statSync(path).size,
      0,
    );
    expect(size).toBeGreaterThan(1_000_000);
    await one.lag(SHARED.id);
    expect(await bytesRead(() => one.lag(SHARED.id))).toBeLessThan(size / 20);
  },
);

test("a member that nothing is for writes down where it is: other processes see it, and segments can go", async () => {
  const one = await process_({ recentBytes: 0 });
  const consumer = await join_(one, { ...SHARED, types: ["orrery.v1.Nothing"] });
  for (let i = 0; i < 40; i++) await one.publish([sampleFrame("p", 1 + i, ["x".repeat(50_000)])]);
  expect(await pullOne(consumer, 300)).toBeUndefined();
  const two = await process_({ recentBytes: 0 });
  await until(async () => (await bytesRead(() => two.lag(SHARED.id))) < 200_000);
});

test("what cannot be is said by code: unwritable, taken, unknown, contradicting", async () => {
  const file = join(dir, "file");
  writeFileSync(file, "");
  expect(() => openEmbeddedTransport({ dir: join(file, "sub") })).toThrow(/BUS_FOLDER_UNWRITABLE.*ENOTDIR/);
  const one = await process_({ exclusive: true });
  expect(() => openEmbeddedTransport({ dir, exclusive: true })).toThrow("BUS_FOLDER_TAKEN");
  await expect(one.open({ ...SHARED, id: "no/body" })).rejects.toThrow("BUS_SUBSCRIPTION_MISSING");
  const { publish } = openUnensured();
  await expect(publish([sampleFrame("p", 1, ["x"])])).rejects.toThrow(
    /BUS_TOPIC_MISSING.*tester, lane realtime/,
  );
  await one.ensure({ topics: [], subscriptions: [SHARED] });
  const other = one.ensure({ topics: [], subscriptions: [{ ...SHARED, order: "key" }] });
  await expect(other).rejects.toThrow("BUS_SUBSCRIPTION_CONFLICT");
  await expect(one.publish([new Uint8Array(1 << 21)])).rejects.toThrow(/BUS_FRAME_TOO_LARGE.*limit/);
  await expect(one.publish([new Uint8Array(40)])).rejects.toThrow("WIRE_");
});

function openUnensured(): Transport {
  const transport = openEmbeddedTransport({ dir: join(dir, "fresh") });
  open.push(transport);
  return transport;
}
