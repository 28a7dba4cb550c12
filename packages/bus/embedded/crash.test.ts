import { type ChildProcess, spawn } from "node:child_process";
import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, expect, test } from "vitest";
import { createBus } from "../bus.ts";
import { seededNumbers } from "../memory/faults.ts";
import { SAMPLED } from "../testing/sample.ts";
import type { Damage } from "./log-record.ts";
import { listSegments } from "./segments.ts";
import { textOf } from "./testing/crash-text.ts";
import { openEmbeddedTransport } from "./transport.ts";

const ROUNDS = Number(process.env.CRASH_ROUNDS ?? 3);
const SEED = Number(process.env.CRASH_SEED ?? 1);
const random = seededNumbers(SEED);

const dirs: string[] = [];
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true });
});

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), "orrery-crash-"));
  dirs.push(dir);
  return dir;
}

/** Starts a program of this folder and hands its numbers on. */
function start(program: string, args: readonly string[], said: (n: number) => void) {
  const child = spawn(process.execPath, [join(import.meta.dirname, "testing", program), ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  lines.on("line", (line) => said(Number(line)));
  const ended = new Promise<void>((resolve) => lines.on("close", resolve));
  return {
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

const seconds = (s: number) => new Promise((resolve) => setTimeout(resolve, s * 1000));

async function until(holds: () => boolean): Promise<void> {
  for (let i = 0; !holds(); i++) {
    if (i > 1_500) throw new Error("never came true");
    await seconds(0.01);
  }
}

/** Everything in the log, by publisher. */
async function readAll(
  dir: string,
  expected: Map<string, number>,
  damages: Damage[] = [],
): Promise<Map<string, number[]>> {
  const transport = openEmbeddedTransport({ dir, damaged: (damage) => damages.push(damage) });
  const bus = createBus({ transport });
  const got = new Map<string, number[]>();
  const subscription = bus.subscribe({
    id: "crash/check",
    types: [SAMPLED.typeName],
    order: "key",
    handle: (event) => {
      const { publisher, sequence } = event;
      if (event.decode(SAMPLED) !== textOf(publisher, sequence))
        throw new Error(`altered: ${publisher} ${sequence}`);
      got.set(publisher, [...(got.get(publisher) ?? []).slice(-1), sequence]);
      counts.set(publisher, (counts.get(publisher) ?? 0) + 1);
    },
  });
  const counts = new Map<string, number>();
  await subscription.ready;
  await until(() => [...expected].every(([publisher, n]) => (counts.get(publisher) ?? 0) >= n));
  expect(await Array.fromAsync(bus.deadLetters("crash/check"))).toEqual([]);
  await bus.close();
  return new Map(
    [...counts].map(([publisher, count]) => [publisher, [count, got.get(publisher)?.at(-1) as number]]),
  );
}

test(`kill -9 while publishing, ${ROUNDS} times: every acknowledged event is there, whole and in order`, async () => {
  const dir = folder();
  const acknowledged = new Map<string, number>();
  for (let round = 0; round < ROUNDS; round++) {
    const publisher = `writer-${round}`;
    const child = start("crash-writer.ts", [dir, publisher], (n) => acknowledged.set(publisher, n));
    await until(() => (acknowledged.get(publisher) ?? 0) > 500);
    await seconds(random() * 0.2);
    await child.kill();
  }
  const read = await readAll(dir, acknowledged);
  for (const [publisher, [count, last]] of read as Map<string, [number, number]>) {
    expect(count).toBe(last);
    expect(last).toBeGreaterThanOrEqual(acknowledged.get(publisher) as number);
  }
}, 60_000);

test("a torn end is cut at the last whole record and said; the log goes on behind it", async () => {
  const dir = folder();
  const acknowledged = new Map<string, number>();
  const child = start("crash-writer.ts", [dir, "writer"], (n) => acknowledged.set("writer", n));
  await until(() => (acknowledged.get("writer") ?? 0) > 200);
  await child.kill();
  const newest = listSegments(join(dir, "log", "0", "realtime")).at(-1);
  appendFileSync(newest?.path as string, Buffer.from([0x4f, 0x52, 0x52, 0x43, 0, 9, 0, 0, 1, 2, 3, 4, 5]));
  const damages: Damage[] = [];
  const read = await readAll(dir, acknowledged, damages);
  expect(damages).toMatchObject([{ path: newest?.path, torn: true }]);
  expect(read.get("writer")?.[0]).toBeGreaterThanOrEqual(acknowledged.get("writer") as number);
});

test("a subscription that begins at the end beside a torn end gets what is published from then on", async () => {
  const dir = folder();
  const child = start("crash-writer.ts", [dir, "writer"], (n) => acknowledged.set("writer", n));
  const acknowledged = new Map<string, number>();
  await until(() => (acknowledged.get("writer") ?? 0) > 200);
  // Another process has the next slot, so that the torn one is not mended before the subscription is made.
  const beside = openEmbeddedTransport({ dir });
  await child.kill();
  const torn = listSegments(join(dir, "log", "0", "realtime")).at(-1);
  appendFileSync(torn?.path as string, Buffer.alloc(400, 7));
  const got: number[] = [];
  const bus = createBus({ transport: beside });
  const types = [SAMPLED.typeName];
  await bus.subscribe({
    id: "crash/late",
    types,
    order: "none",
    from: "latest",
    handle: ({ sequence }) => void got.push(sequence),
  }).ready;
  const writer = createBus({ transport: openEmbeddedTransport({ dir }) });
  const publisher = writer.publisher({ source: "crash", world: "probe", fingerprint: "c0f0000000000000" });
  for (let n = 0; n < 20; n++) {
    publisher.publish(SAMPLED, { key: "late", text: textOf("late", n) });
    await publisher.flush();
  }
  await until(() => got.length >= 20);
  await writer.close();
  await bus.close();
});

test("kill -9 of a reader: its successor goes on where the cursors stood, nothing is skipped", async () => {
  const dir = folder();
  const acknowledged = new Map<string, number>();
  const writer = start("crash-writer.ts", [dir, "writer"], (n) => acknowledged.set("writer", n));
  const handled = new Set<number>();
  const order: number[] = [];
  for (let round = 0; round < 2; round++) {
    const before = handled.size;
    const reader = start("crash-reader.ts", [dir], (n) => {
      if (!handled.has(n)) order.push(n);
      handled.add(n);
    });
    await until(() => handled.size > before + 500);
    await seconds(random() * 0.3);
    await reader.kill();
  }
  await writer.kill();
  const last = Math.max(...handled);
  expect(handled.size).toBe(last);
  expect(order).toEqual([...order].sort((a, b) => a - b));
}, 60_000);
