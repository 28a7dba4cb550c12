import { createMemoryTransport, type VirtualClock, virtualClock } from "@orrery/bus";
import { createLogger, type Host, startHost } from "@orrery/service";
import { createFrameWriter } from "@orrery/wire";
import { afterEach, beforeEach, it } from "vitest";
import eventBus from "./service.ts";

const STEP_MS = 250;
const PATIENCE_MS = 120_000;
let clock: VirtualClock;
let host: Host;

beforeEach(async () => {
  clock = virtualClock({ startMs: 1_000_000 });
  host = await startHost({
    services: [eventBus],
    transport: createMemoryTransport({ clock }),
    outsideTypes: ["*"],
    storeUrl: () => ":memory:",
    env: {},
    log: createLogger("silent"),
    clock,
    port: 0,
  });
});
afterEach(async () => {
  let stopped = false;
  const stopping = host.stop().then(() => (stopped = true));
  while (!stopped) await step();
  await stopping;
});

async function step(): Promise<void> {
  await clock.advance(STEP_MS);
  await new Promise((resolve) => setImmediate(resolve));
}

/** What stands at a series, `name{label="…"}` without the service. */
async function figure(series: string): Promise<number | undefined> {
  const text = await (await fetch(`${host.url}/metrics`)).text();
  const [name = "", labels = ""] = series.split(/[{}]/);
  const line = text
    .split("\n")
    .find((one) => one.startsWith(`${name}{`) && labels.split(",").every((label) => one.includes(label)));
  return line === undefined ? undefined : Number(line.split(" ").at(-1));
}

async function becomes(series: string, wanted: (value: number) => boolean): Promise<void> {
  for (let spent = 0; spent < PATIENCE_MS; spent += STEP_MS) {
    const value = await figure(series);
    if (value !== undefined && wanted(value)) return;
    await step();
  }
  throw new Error(`${series} stands at ${await figure(series)}`);
}

async function publish(first: number, count: number): Promise<void> {
  const facts = { source: "test", world: "w", publisher: "p", lane: "bulk", firstSequence: first } as const;
  const writer = createFrameWriter({ ...facts, fingerprint: "0000000000000000" });
  for (let i = 0; i < count; i++)
    writer.appendRaw("test.v1.Said", new Uint8Array([i]), { key: "k", timeMs: clock.now() });
  await host.surroundings.bus.send(writer.finish());
}

it("shows zeros before anything came, and then what came by lane and what is missing", async () => {
  await becomes('orrery_journal_kept_bytes_total{lane="bulk"}', (bytes) => bytes === 0);
  await becomes("orrery_journal_gaps", (gaps) => gaps === 0);
  await becomes('orrery_webhook_deliveries{state="dead"}', (count) => count === 0);
  await publish(1, 2);
  await publish(6, 1);
  await becomes('orrery_journal_events_total{lane="bulk"}', (events) => events === 3);
  await becomes('orrery_journal_kept_bytes_total{lane="bulk"}', (bytes) => bytes > 3);
  await becomes("orrery_journal_missing_events", (events) => events === 3);
  await publish(3, 3);
  await becomes("orrery_journal_gaps", (gaps) => gaps === 0);
});

it("shows open dead letters by code with their age, and nothing of them when they are gone", async () => {
  const reader = host.surroundings.bus.subscribe({
    id: "reader/handler",
    types: ["test.*"],
    order: "key",
    retry: { inProcess: { attempts: 1 }, atBroker: { rounds: 0 } },
    handle: () => Promise.reject(new Error("broken")),
  });
  await reader.ready;
  await publish(1, 2);
  const of = '{subscription="reader/handler"}';
  await becomes(`orrery_dead_letters${of}`, (letters) => letters === 2);
  await becomes(`orrery_dead_letters_oldest_seconds${of}`, (seconds) => seconds >= 20);
  for await (const { entryId } of host.surroundings.bus.deadLetters("reader/handler"))
    await host.surroundings.bus.discard("reader/handler", entryId);
  await becomes(`orrery_dead_letters${of}`, (letters) => letters === 0);
});

it("shows a subscription that stands still, and how often it did", async () => {
  const released = Promise.withResolvers<void>();
  const reader = host.surroundings.bus.subscribe({
    id: "reader/handler",
    types: ["test.*"],
    order: "key",
    handle: () => released.promise,
  });
  await reader.ready;
  await publish(1, 2);
  const of = '{subscription="reader/handler"}';
  await becomes(`orrery_subscription_stalled${of}`, (stalled) => stalled === 1);
  released.resolve();
  await becomes(`orrery_subscription_stalled${of}`, (stalled) => stalled === 0);
  await becomes(`orrery_subscription_stalls_total${of}`, (stalls) => stalls === 1);
});
