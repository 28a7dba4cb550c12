import { openFrame, OrreryError } from "@orrery/wire";
import { expect, test } from "vitest";
import { busErrors } from "./errors.ts";
import { createMemoryTransport } from "./memory/transport.ts";
import { unlogged, unobserved } from "./observe.ts";
import { createPublisher } from "./publisher.ts";
import type { PublisherOptions } from "./publisher-options.ts";
import { FINGERPRINT, SAMPLED, SOURCE, sampleCodec, WORLD } from "./testing/sample.ts";
import type { Features } from "./transport.ts";
import { virtualClock } from "./virtual-clock.ts";

function setUp(
  given: {
    options?: Partial<PublisherOptions>;
    features?: Partial<Features>;
    send?: (n: number) => Promise<void>;
  } = {},
) {
  const clock = virtualClock();
  const sent: { atMs: number; first: number; last: number; count: number; bytes: number }[] = [];
  const beganMs = clock.now();
  let calls = 0;
  const publisher = createPublisher(
    { source: SOURCE, world: WORLD, fingerprint: FINGERPRINT, id: "p", ...given.options },
    {
      clock,
      log: unlogged,
      observe: unobserved,
      features: { ...createMemoryTransport().features, ...given.features },
      async send(frames) {
        await given.send?.(++calls);
        for (const frame of frames.map((bytes) => openFrame(bytes))) {
          sent.push({
            atMs: clock.now() - beganMs,
            first: frame.firstSequence,
            last: frame.lastSequence,
            count: frame.count,
            bytes: frame.bytes.length,
          });
        }
      },
    },
  );
  return { clock, publisher, sent };
}

test("an idle lane sends at once, a busy one gathers", async () => {
  const { clock, publisher, sent } = setUp();
  publisher.publish(SAMPLED, { key: "k", text: "1" });
  await clock.advance(0);
  expect(sent).toMatchObject([{ atMs: 0, count: 1 }]);
  publisher.publish(SAMPLED, { key: "k", text: "2" });
  publisher.publish(SAMPLED, { key: "k", text: "3" });
  await clock.advance(0.5);
  expect(sent).toHaveLength(1);
  await clock.advance(10);
  expect(sent[1]).toMatchObject({ first: 2, last: 3, atMs: 1 });
});

test("where frames are billed, a lane waits its whole linger", async () => {
  const { clock, publisher, sent } = setUp({ features: { billedPerFrame: true } });
  publisher.publish(sampleCodec("a.v1.S", "standard"), { key: "k", text: "1" });
  await clock.advance(99);
  expect(sent).toHaveLength(0);
  await clock.advance(1);
  expect(sent).toMatchObject([{ atMs: 100 }]);
});

test("lanes are numbered apart, and newest names the last event", () => {
  const { publisher } = setUp({ options: { firstSequence: 40 } });
  expect(publisher.newest("realtime")).toBeUndefined();
  publisher.publish(SAMPLED, { key: "k", text: "1" });
  publisher.publish(sampleCodec("a.v1.B", "bulk"), { key: "k", text: "1" });
  publisher.publish(SAMPLED, { key: "k", text: "2" });
  expect(publisher.newest("realtime")).toEqual({ publisher: "p.r", sequence: 41 });
  expect(publisher.newest("bulk")).toEqual({ publisher: "p.b", sequence: 40 });
});

test("too much in flight answers with a promise that ends when there is room", async () => {
  const gate = Promise.withResolvers<void>();
  const { clock, publisher, sent } = setUp({
    options: { maxInFlightBytes: 2_000, frameBytes: 1_000 },
    send: () => gate.promise,
  });
  let full: Promise<void> | undefined;
  let published = 0;
  while (full === undefined) {
    full = publisher.publish(SAMPLED, { key: "k", text: "x".repeat(100) });
    published++;
  }
  expect(published).toBeLessThan(40);
  let free = false;
  void full.then(() => (free = true));
  await clock.advance(100);
  expect(free).toBe(false);
  gate.resolve();
  await clock.advance(100);
  expect(free).toBe(true);
  await publisher.flush();
  expect(sent.reduce((sum, frame) => sum + frame.count, 0)).toBe(published);
});

test("a retryable failure is tried again, in order, and flush waits for it", async () => {
  const clockless = setUp({
    options: { frameBytes: 500 },
    send: async (call) => {
      if (call < 4) throw new OrreryError(busErrors.BUS_THROTTLED);
    },
  });
  for (let i = 0; i < 30; i++) clockless.publisher.publish(SAMPLED, { key: "k", text: "y".repeat(60) });
  const flushed = clockless.publisher.flush();
  await clockless.clock.advance(5_000);
  await flushed;
  const firsts = clockless.sent.map((frame) => frame.first);
  expect(firsts).toEqual([...firsts].sort((a, b) => a - b));
  expect(clockless.sent.at(-1)?.last).toBe(30);
});

test("a refusal for good reaches flush once", async () => {
  const { publisher } = setUp({
    send: async () => {
      throw new OrreryError(busErrors.BUS_TOPIC_MISSING);
    },
  });
  publisher.publish(SAMPLED, { key: "k", text: "1" });
  await expect(publisher.flush()).rejects.toThrow("BUS_TOPIC_MISSING");
  await expect(publisher.flush()).resolves.toBeUndefined();
});

test("an event too large for a frame travels alone; one too large for the transport is refused with the limit", async () => {
  const { publisher, sent } = setUp({
    options: { frameBytes: 1_000 },
    features: { maxEventBytes: 5_000, maxFrameBytes: 6_000 },
  });
  publisher.publish(SAMPLED, { key: "k", text: "small" });
  publisher.publish(SAMPLED, { key: "k", text: "L".repeat(4_000) });
  publisher.publish(SAMPLED, { key: "k", text: "small" });
  expect(() => publisher.publish(SAMPLED, { key: "k", text: "X".repeat(5_001) })).toThrow(
    /BUS_EVENT_TOO_LARGE.*5000/,
  );
  await publisher.flush();
  expect(sent.map((frame) => frame.count)).toEqual([1, 1, 1]);
});

test("what is no event and what comes after close is refused", async () => {
  const { publisher } = setUp();
  const plain = { ...SAMPLED, event: undefined };
  expect(() => publisher.publish(plain, { key: "k", text: "1" })).toThrow("BUS_NOT_AN_EVENT");
  await publisher.close();
  expect(() => publisher.publish(SAMPLED, { key: "k", text: "1" })).toThrow("BUS_CLOSED");
});
