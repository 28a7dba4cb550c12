import { afterEach, expect, test } from "vitest";
import { type Bus, createBus } from "./bus.ts";
import type { Delivered } from "./delivered.ts";
import { createMemoryTransport, type MemoryOptions } from "./memory/transport.ts";
import { EventFailed, RejectEvent } from "./retry.ts";
import type { SubscribeOptions } from "./subscription-options.ts";
import { FINGERPRINT, SAMPLED, SOURCE, sampleCodec, sampleFrame, WORLD } from "./testing/sample.ts";
import { virtualClock } from "./virtual-clock.ts";

const open: Bus[] = [];
afterEach(async () => {
  for (const bus of open.splice(0)) await bus.close();
});

function setUp(options: MemoryOptions = {}) {
  const clock = virtualClock({ auto: true });
  const transport = createMemoryTransport({ clock, leaseSeconds: 5, ...options });
  const bus = createBus({ transport, clock, random: () => 0 });
  open.push(bus);
  const publisher = bus.publisher({ source: SOURCE, world: WORLD, fingerprint: FINGERPRINT, id: "p" });
  const subscribe = (given: Partial<SubscribeOptions>) =>
    bus.subscribe({ id: "reader/all", types: [SAMPLED.typeName], order: "none", ...given });
  const publish = async (...texts: string[]) => {
    for (const text of texts) publisher.publish(SAMPLED, { key: text.slice(0, 1), text });
    await publisher.flush();
  };
  const until = async (holds: () => boolean | Promise<boolean>) => {
    for (let i = 0; !(await holds()); i++) {
      if (i > 2_000) throw new Error("never came true");
      await clock.sleep(10);
    }
  };
  return { clock, transport, bus, subscribe, publish, until, publisher };
}

const textOf = (event: Delivered) => event.decode(SAMPLED);

test("an event arrives with everything that was said about it", async () => {
  const { subscribe, publisher, until } = setUp();
  const got: object[] = [];
  await subscribe({
    handle: (event) => {
      const { type, key, sequence, publisher: by, world, source, lane, attempt, cause, timeMs } = event;
      got.push({ type, key, sequence, by, world, source, lane, attempt, cause, timeMs, text: textOf(event) });
    },
  }).ready;
  publisher.publish(
    SAMPLED,
    { key: "k", text: "hi" },
    { cause: { publisher: "q", sequence: 7 }, timeMs: 1_700_000_000_123 },
  );
  await until(() => got.length === 1);
  expect(got[0]).toEqual({
    type: "sample.v1.Sampled",
    key: "k",
    sequence: 1,
    by: "p.r",
    world: WORLD,
    source: SOURCE,
    lane: "realtime",
    attempt: 1,
    cause: { publisher: "q", sequence: 7 },
    timeMs: 1_700_000_000_123,
    text: "hi",
  });
});

test("an event object stays readable after a handler has waited", async () => {
  const { clock, subscribe, publish, until } = setUp();
  const got: string[] = [];
  await subscribe({
    concurrency: 8,
    handle: async (event) => {
      await clock.sleep(5);
      got.push(`${event.key} ${event.sequence} ${event.type} ${textOf(event)}`);
    },
  }).ready;
  await publish("a1", "b2", "c3");
  await until(() => got.length === 3);
  expect(got.sort()).toEqual([
    "a 1 sample.v1.Sampled a1",
    "b 2 sample.v1.Sampled b2",
    "c 3 sample.v1.Sampled c3",
  ]);
});

test("an ordered subscription runs other keys while a failed one waits, and keeps each key's order", async () => {
  const { subscribe, publish, until } = setUp();
  const got: string[] = [];
  let failures = 4;
  await subscribe({
    order: "key",
    retry: { inProcess: { attempts: 2 }, atBroker: { rounds: 5 } },
    handle: (event) => {
      const text = textOf(event);
      if (text === "a1" && failures-- > 0) throw new Error("not yet");
      got.push(text);
    },
  }).ready;
  await publish("a1", "b1", "a2", "b2", "a3");
  await publish("a4", "b3");
  await until(() => got.length === 7);
  expect(got.filter((text) => text.startsWith("a"))).toEqual(["a1", "a2", "a3", "a4"]);
  expect(got.slice(0, 3)).toEqual(["b1", "b2", "b3"]);
});

test("a rejected event is a dead letter at once, and the bus says so in an event", async () => {
  const { bus, subscribe, publish, until } = setUp();
  const reports: Delivered["type"][] = [];
  const causes: unknown[] = [];
  await bus.subscribe({
    id: "watcher/dead",
    types: ["bus.*"],
    order: "none",
    handle: (event) => {
      reports.push(event.type);
      causes.push(event.cause);
    },
  }).ready;
  let runs = 0;
  await subscribe({
    handle: (event) => {
      if (textOf(event) !== "bad") return;
      runs++;
      throw new RejectEvent("makes no sense");
    },
  }).ready;
  await publish("fine", "bad", "fine too");
  await until(() => reports.length === 1);
  expect(runs).toBe(1);
  expect(reports).toEqual(["bus.v1.DeadLettered"]);
  expect(causes).toEqual([{ publisher: "p.r", sequence: 2 }]);
  const letters = await Array.fromAsync(bus.deadLetters("reader/all"));
  expect(letters).toMatchObject([
    { reason: "REJECTED", sequence: 2, attempts: 1, message: "makes no sense", key: "b" },
  ]);
});

test("a dead letter about the bus's own events is kept but not reported: reports do not breed", async () => {
  const { bus, subscribe, publish, until } = setUp();
  await bus.subscribe({
    id: "watcher/broken",
    types: ["bus.*"],
    order: "none",
    handle: () => {
      throw new RejectEvent("broken watcher");
    },
  }).ready;
  await subscribe({
    handle: () => {
      throw new RejectEvent("no");
    },
  }).ready;
  await publish("one");
  const kept = async () => (await Array.fromAsync(bus.deadLetters("watcher/broken"))).length;
  await until(async () => (await kept()) > 0);
  await bus.drain();
  expect(await kept()).toBe(1);
});

test("an event older than the subscription wants becomes an EXPIRED dead letter", async () => {
  const { bus, clock, subscribe, publisher, until } = setUp();
  let handled = 0;
  await subscribe({ maxAgeMs: 1_000, handle: () => void handled++ }).ready;
  publisher.publish(SAMPLED, { key: "k", text: "old" }, { timeMs: clock.now() - 5_000 });
  publisher.publish(SAMPLED, { key: "k", text: "new" });
  await until(() => handled === 1);
  await until(async () => (await Array.fromAsync(bus.deadLetters("reader/all"))).length === 1);
  const [letter] = await Array.fromAsync(bus.deadLetters("reader/all"));
  expect(letter).toMatchObject({ reason: "EXPIRED", sequence: 1, attempts: 0 });
});

test("only wanted types and worlds are handed to the handler", async () => {
  const { bus, publisher, until } = setUp();
  const got: string[] = [];
  const other = sampleCodec("other.v1.Said");
  await bus.subscribe({
    id: "reader/some",
    types: ["other.*"],
    worlds: [WORLD],
    order: "none",
    handle: (event) => void got.push(`${event.world} ${event.type}`),
  }).ready;
  const elsewhere = bus.publisher({ source: SOURCE, world: "elsewhere", fingerprint: FINGERPRINT });
  elsewhere.publish(other, { key: "k", text: "no" });
  publisher.publish(SAMPLED, { key: "k", text: "no" });
  publisher.publish(other, { key: "k", text: "yes" });
  await Promise.all([elsewhere.flush(), publisher.flush()]);
  await until(() => got.length === 1);
  await bus.drain();
  expect(got).toEqual([`${WORLD} other.v1.Said`]);
});

test("a whole frame can be handled at once; the event to blame is taken out, its neighbours go in", async () => {
  const { bus, until } = setUp();
  const kept: string[] = [];
  let calls = 0;
  await bus.subscribe({
    id: "keeper/frames",
    types: ["sample.*"],
    order: "none",
    retry: { inProcess: { attempts: 2, firstDelayMs: 1 }, atBroker: { rounds: 1, firstDelayMs: 5 } },
    handleFrame: (batch) => {
      calls++;
      const texts: string[] = [];
      for (const event of batch.events()) {
        if (textOf(event) === "bad") throw new EventFailed(event.index, new Error("spoiled"));
        texts.push(textOf(event));
      }
      kept.push(...texts);
    },
  }).ready;
  await bus.send(sampleFrame("q", 1, ["one", "bad", "two"]));
  await until(async () => (await Array.fromAsync(bus.deadLetters("keeper/frames"))).length === 1);
  await bus.drain();
  expect(kept).toEqual(["one", "two"]);
  expect(calls).toBe(5);
  const [letter] = await Array.fromAsync(bus.deadLetters("keeper/frames"));
  expect(letter).toMatchObject({ sequence: 2, attempts: 4, message: "spoiled", reason: "MAX_ATTEMPTS" });
});

test("a batch that fails without naming an event is handed over one by one at last", async () => {
  const { bus, until } = setUp();
  const kept: string[] = [];
  await bus.subscribe({
    id: "keeper/frames",
    types: ["sample.*"],
    order: "key",
    retry: { inProcess: { attempts: 1 }, atBroker: { rounds: 1, firstDelayMs: 5 } },
    handleFrame: async (batch) => {
      const texts = [...batch.events()].length === batch.count ? Array.from(batch.events(), textOf) : [];
      if (texts.includes("bad")) throw new Error("something in here");
      kept.push(...texts);
    },
  }).ready;
  await bus.send(sampleFrame("q", 1, ["one", "bad", "two"]));
  await bus.send(sampleFrame("q", 4, ["three"]));
  await until(() => kept.includes("three"));
  expect(kept).toEqual(["one", "two", "three"]);
  expect(await Array.fromAsync(bus.deadLetters("keeper/frames"))).toMatchObject([{ sequence: 2 }]);
});

test("a frame sent twice is handled once", async () => {
  const { bus, subscribe, until } = setUp();
  const got: number[] = [];
  await subscribe({ handle: (event) => void got.push(event.sequence) }).ready;
  await bus.send(sampleFrame("q", 1, ["a", "b"]));
  await bus.send(sampleFrame("q", 1, ["a", "b"]), sampleFrame("q", 3, ["c"]));
  await until(() => got.length >= 3);
  await bus.drain();
  expect(got).toEqual([1, 2, 3]);
});

test("a double that comes while the first is still being handled waits for it", async () => {
  const { bus, clock, subscribe, until } = setUp();
  let running = 0;
  let most = 0;
  let handled = 0;
  await subscribe({
    handle: async () => {
      most = Math.max(most, ++running);
      await clock.sleep(50);
      running--;
      handled++;
    },
  }).ready;
  await bus.send(sampleFrame("q", 1, ["a"]), sampleFrame("q", 1, ["a"]));
  await until(() => handled >= 1);
  await bus.drain();
  expect([most, handled]).toEqual([1, 1]);
});

test("paused, it starts nothing; resumed, it goes on", async () => {
  const { clock, subscribe, publish, until } = setUp();
  let handled = 0;
  const subscription = subscribe({ handle: () => void handled++ });
  await subscription.ready;
  subscription.pause();
  await publish("a", "b");
  await clock.sleep(500);
  expect([handled, subscription.status.current.state]).toEqual([0, "paused"]);
  subscription.resume();
  await until(() => handled === 2);
});

test("a lost lease aborts the handler's signal and its outcome no longer counts", async () => {
  const lost = new Set<string>();
  const { clock, subscribe, publish, until } = setUp({ faults: { lease: (id) => lost.has(id) } });
  const seen: string[] = [];
  await subscribe({
    handle: async (event) => {
      seen.push(`try ${event.attempt}`);
      if (event.attempt > 1) return;
      lost.add("reader/all#1");
      const aborted = new Promise((resolve) => event.signal.addEventListener("abort", resolve));
      await Promise.race([aborted.then(() => seen.push("aborted")), clock.sleep(60_000)]);
    },
  }).ready;
  await publish("a");
  await until(() => seen.length === 3);
  expect(seen).toContain("aborted");
  expect(seen.filter((one) => one.startsWith("try"))).toEqual(["try 1", "try 4"]);
});

test("options out of range and abilities the transport lacks are refused by name", () => {
  const { subscribe } = setUp();
  const handle = () => {};
  expect(() => subscribe({ handle, id: "no-handler-part" })).toThrow(/BUS_BAD_OPTION.*<service>\/<handler>/);
  expect(() => subscribe({ handle, prefetch: 0 })).toThrow(/BUS_BAD_OPTION.*1\.\.10,000/);
  expect(() => subscribe({})).toThrow(/BUS_BAD_OPTION.*handle or handleFrame/);
  expect(() => subscribe({ handle, retry: { atBroker: { maxDelayMs: 1e9 } } })).toThrow(
    /BUS_FEATURE_MISSING.*900000/,
  );
});

test("the status can be followed to its end", async () => {
  const { bus, subscribe } = setUp();
  const subscription = subscribe({ handle: () => {} });
  const states: string[] = [];
  const followed = (async () => {
    for await (const { state } of subscription.status) states.push(state);
  })();
  await subscription.ready;
  await bus.drain();
  await followed;
  expect(states.at(-1)).toBe("closed");
  expect(states).toContain("running");
});

test("lag names what each publisher has ahead", async () => {
  const { bus, clock, subscribe, publish, until } = setUp();
  const gate = Promise.withResolvers<void>();
  await subscribe({ order: "key", handle: () => gate.promise }).ready;
  await publish("a", "b", "c");
  await clock.sleep(2_000);
  const [lag] = await bus.lag();
  expect(lag).toMatchObject({
    subscription: "reader/all",
    events: 3,
    publishers: [{ publisher: "p.r", head: 3, handled: 0 }],
  });
  expect(lag?.ageMs).toBeGreaterThanOrEqual(2_000);
  gate.resolve();
  await until(async () => (await bus.lag())[0]?.events === 0);
});

test("explains itself in words", () => {
  const { subscribe } = setUp();
  const text = subscribe({ order: "key", handle: () => {} }).explain();
  expect(text).toContain("reader/all on memory (memory) takes sample.v1.Sampled");
  expect(text).toContain("one active member");
  expect(text).toContain("15 attempts in all");
});
