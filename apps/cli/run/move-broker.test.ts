import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createBus, createMemoryTransport, openEmbeddedTransport, type Transport } from "@orrery/bus";
import { createFrameWriter, defineErrors, OrreryError } from "@orrery/wire";
import { expect, it, vi } from "vitest";
import { moveBroker } from "./move-broker.ts";

const TYPE = "test.v1.Said";
const errors = defineErrors({ TEST_NO: { summary: "No", todo: "Nothing" } });

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
