import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DeadLettered } from "@orrery/schema/bus/v1";
import { defineErrors, OrreryError } from "@orrery/wire";
import { afterEach, describe, expect, test } from "vitest";
import { createBus } from "./bus.ts";
import { openEmbeddedTransport } from "./embedded/transport.ts";
import { createMemoryTransport } from "./memory/transport.ts";
import { FINGERPRINT, SAMPLED, sampleFrame, SOURCE, TOPIC, WORLD } from "./testing/sample.ts";
import type { Transport } from "./transport.ts";
import { virtualClock } from "./virtual-clock.ts";

const errors = defineErrors({ TEST_NO: { status: "internal", summary: "No", todo: "Nothing" } });
const OWN = "reader/refuses";

let folder: string | undefined;
afterEach(() => {
  if (folder !== undefined) rmSync(folder, { recursive: true });
  folder = undefined;
});

const TRANSPORTS: Record<string, () => Transport> = {
  memory: () => createMemoryTransport(),
  embedded() {
    folder = mkdtempSync(join(tmpdir(), "orrery-letters-"));
    return openEmbeddedTransport({ dir: folder });
  },
};

describe.each(Object.keys(TRANSPORTS))("on the %s transport", (name) => {
  test("events of every size around the limits become letters with all their bytes, and each report says where they are", async () => {
    const transport = (TRANSPORTS[name] as () => Transport)();
    const bus = createBus({ transport });
    await transport.ensure(TOPIC);
    const handled: number[] = [];
    let refuses = true;
    const reports: DeadLettered[] = [];
    await bus.subscribe({
      id: OWN,
      types: [SAMPLED.typeName],
      order: "key",
      handle({ payload }) {
        if (refuses) throw new OrreryError(errors.TEST_NO);
        handled.push(payload.length);
      },
    }).ready;
    await bus.subscribe({
      id: "keeper/reports",
      types: [DeadLettered.typeName],
      order: "none",
      handle: (event) => void reports.push(event.decode(DeadLettered)),
    }).ready;
    const sizes = [0, 1, 65_535, 65_536, 65_537, 1_048_000, 1_048_400];
    const publisher = bus.publisher({ source: SOURCE, world: WORLD, fingerprint: FINGERPRINT, id: "p" });
    for (const size of sizes) await publisher.publish(SAMPLED, { key: "k", text: "x".repeat(size) });
    await publisher.flush();
    const letters = () => Array.fromAsync(bus.deadLetters(OWN));
    await expect.poll(async () => (await letters()).length, { timeout: 10_000 }).toBe(sizes.length);
    await expect.poll(() => reports.length, { timeout: 10_000 }).toBe(sizes.length);
    const inOrder = (await letters()).sort((a, b) => a.sequence - b.sequence);
    expect(inOrder.map(({ payload }) => payload.length)).toEqual(sizes);
    for (const { sequence, payload, payloadBytes, payloadAt, entryId } of reports) {
      const size = sizes[sequence - 1] as number;
      expect(payloadBytes).toBe(size);
      expect(payload.length).toBe(size <= 65_536 ? size : 0);
      expect(payloadAt).toBe(size <= 65_536 ? "" : `${OWN} ${entryId}`);
    }
    refuses = false;
    expect(await bus.redrive(OWN, { dryRun: false, ratePerS: 10_000 })).toMatchObject({ sent: sizes.length });
    await expect.poll(() => handled.length, { timeout: 10_000 }).toBe(sizes.length);
    expect([...handled].sort((a, b) => a - b)).toEqual(sizes);
    await bus.close();
  });

  test("one event and generation is one letter, under a name that another broker gives it too", async () => {
    const transport = (TRANSPORTS[name] as () => Transport)();
    const other = createMemoryTransport();
    const spec = { id: OWN, types: ["*"], order: "key", from: "earliest" } as const;
    for (const one of [transport, other]) await one.ensure({ topics: [], subscriptions: [spec] });
    const facts = {
      reason: "REJECTED",
      code: "X",
      message: "no",
      attempts: 1,
      type: "t",
      key: "",
      world: "w",
    } as const;
    const letter = (sequence: number, generation: number, firstMs: number) => ({
      ...facts,
      firstMs,
      lastMs: firstMs,
      generation,
      publisher: "p",
      sequence,
      publishedMs: 1_000,
      frame: sampleFrame("p", sequence, ["a"]),
      payload: Buffer.from("a"),
      contentType: "protobuf" as const,
      traceparent: "",
      frameId: "",
    });
    const first = await transport.deadLetter(OWN, letter(7, 0, 1));
    expect((await transport.deadLetter(OWN, letter(7, 0, 2))).firstMs).toBe(1);
    const again = await transport.deadLetter(OWN, letter(7, 1, 3));
    expect(await transport.deadLetters(OWN, { limit: 10 })).toHaveLength(2);
    // Elsewhere other letters came first: a broker's counter would have given it another's name.
    await other.deadLetter(OWN, letter(3, 0, 1));
    expect((await other.deadLetter(OWN, letter(7, 0, 9))).entryId).toBe(first.entryId);
    expect(again.entryId).not.toBe(first.entryId);
    await transport.close();
  });

  test("an unreadable frame that comes again is still one letter", async () => {
    const transport = (TRANSPORTS[name] as () => Transport)();
    const bus = createBus({ transport });
    await bus.subscribe({ id: OWN, types: ["*"], order: "key", handle: () => {} }).ready;
    const damaged = sampleFrame("p", 1, ["a"]);
    damaged[damaged.length - 1] = (damaged[damaged.length - 1] as number) ^ 1;
    for (let i = 0; i < 2; i++)
      await transport.requeue(OWN, damaged, { delayMs: 0, attempt: 1, generation: 0 });
    await expect.poll(async () => (await transport.lag(OWN)).requeued, { timeout: 5_000 }).toBe(0);
    const open = await Array.fromAsync(bus.deadLetters(OWN));
    expect(open.map(({ reason, publisher }) => [reason, publisher])).toEqual([["UNDECODABLE", "p"]]);
    // Somebody may be able to read it by now: it goes once more, and is given up a generation up.
    expect(await bus.redrive(OWN, { dryRun: false })).toMatchObject({ sent: 1, refused: 0 });
    const generations = async () =>
      (await Array.fromAsync(bus.deadLetters(OWN))).map(({ generation }) => generation);
    await expect.poll(generations, { timeout: 5_000 }).toEqual([1]);
    await bus.close();
  });
});

test("a letter that cannot be kept stays leased, is said within a moment, and no longer once it is kept", async () => {
  const clock = virtualClock({ auto: true });
  let refuses = true;
  const transport = createMemoryTransport({ clock, faults: { deadLetter: () => refuses } });
  const bus = createBus({ transport, clock });
  await transport.ensure(TOPIC);
  await bus.subscribe({
    id: OWN,
    types: ["*"],
    order: "key",
    handle() {
      throw new OrreryError(errors.TEST_NO);
    },
  }).ready;
  await bus.send(sampleFrame("p", 1, ["a"]));
  while (bus.troubles().every(({ kind }) => kind !== "outcome")) await clock.sleep(10);
  const [trouble] = bus.troubles().filter(({ kind }) => kind === "outcome");
  expect(trouble?.what).toMatch(/dead letter of sample\.v1\.Sampled p\/1 cannot be kept: BUS_THROTTLED/);
  refuses = false;
  while ((await Array.fromAsync(bus.deadLetters(OWN))).length === 0) await clock.sleep(100);
  await clock.sleep(1_000);
  expect(bus.troubles()).toEqual([]);
  await bus.close();
});
