import { type Bus, createBus } from "@orrery/bus";
import { type ApiCount, type AwsTransport, type Bill, billOf, difference } from "@orrery/bus-aws";
import { GroundConditionsChanged } from "@orrery/schema/weather/v1";
import type { Lane } from "@orrery/wire";
import { FINGERPRINT } from "../bus/events.ts";
import { events100 } from "./events.ts";
import { awsStage } from "./emulator.ts";

export const QUEUES = 3;
/** What the day's bill is told for. */
export const EVENTS_PER_S = 80_000;

export interface CallsRun {
  /** Streams: one publisher in one lane each. The load is spread evenly over them. */
  readonly streams: number;
  /** Of the whole load that is run here; calls are scaled up by the rest. Streams keep their own rate. */
  readonly share?: number;
  readonly lingerMs: number;
  readonly seconds: number;
  readonly compression?: "none" | "zstd";
}

export interface CallsFigures {
  readonly events: number;
  readonly ranPerS: number;
  readonly eventsPerFrame: number;
  readonly publishCallsPerEvent: number;
  /** Receives and deletes of one queue. */
  readonly consumeCallsPerEvent: number;
  /** Times fewer than a publish for each event; a receive and a delete for each event and queue. */
  readonly publishTimesFewer: number;
  readonly consumeTimesFewer: number;
  readonly usdPerDay: number;
}

/** Publishes at the rate for some seconds, three subscriptions handle all; every call counted, the bill scaled to a day. */
export async function countCalls(run: CallsRun): Promise<CallsFigures> {
  const { streams, share = 1, lingerMs, seconds, compression = "none" } = run;
  const stage = await awsStage({ waitSeconds: 20 });
  const bus = createBus({ transport: stage.transport });
  const handled = new Array<number>(QUEUES).fill(0);
  for (let i = 0; i < QUEUES; i++) {
    await bus.subscribe({
      id: `bench/reader-${i}`,
      types: ["weather.*"],
      order: "none",
      prefetch: 256,
      prefetchBytes: 64 * 1024 * 1024,
      handleFrame: (batch) => void (handled[i] = (handled[i] as number) + batch.count),
    }).ready;
  }
  await bus.send();
  const before = snapshot(stage.transport);
  const beganMs = performance.now();
  const events = await publish(bus, Math.max(1, Math.round(streams * share)), EVENTS_PER_S * share, {
    lingerMs,
    seconds,
    compression,
  });
  while (handled.some((count) => count < events)) await new Promise((resolve) => setTimeout(resolve, 10));
  const tookS = (performance.now() - beganMs) / 1000;
  await bus.drain();
  const counts = difference(stage.transport.counted.byApi, before);
  for (const api of [...counts.keys()])
    if (!/:(Publish|Receive|Delete|SendMessage|ChangeMessage)/.test(api)) counts.delete(api);
  // What was counted is what so many events need, however long the emulator took for them.
  const bill: Bill = billOf(counts, events / EVENTS_PER_S);
  await stage.close();
  return {
    events,
    ranPerS: Math.round(events / tookS),
    ...figuresOf(counts, events),
    usdPerDay: bill.usdPerDay,
  };
}

const snapshot = ({ counted }: AwsTransport) =>
  new Map([...counted.byApi].map(([api, count]) => [api, { ...count }]));

function figuresOf(counts: ReadonlyMap<string, ApiCount>, events: number) {
  const of = (begin: string, field: keyof ApiCount) => {
    let sum = 0;
    for (const [api, count] of counts) if (api.startsWith(begin)) sum += count[field];
    return sum;
  };
  const published = of("sns:Publish", "calls");
  const consumed =
    (of("sqs:Receive", "calls") + of("sqs:Delete", "calls") + of("sqs:ChangeMessage", "calls")) / QUEUES;
  return {
    eventsPerFrame: Math.round(events / of("sns:Publish", "entries")),
    publishCallsPerEvent: published / events,
    consumeCallsPerEvent: consumed / events,
    publishTimesFewer: Math.floor(events / published),
    consumeTimesFewer: Math.floor((2 * events) / consumed),
  };
}

interface Terms {
  readonly lingerMs: number;
  readonly seconds: number;
  readonly compression: "none" | "zstd";
}

const TICK_MS = 5;

/** Evenly in time, as a fleet would; answers how many events it was. */
async function publish(bus: Bus, streams: number, perS: number, terms: Terms): Promise<number> {
  const inits = events100();
  const lingerMs: Record<Lane, number> = {
    realtime: terms.lingerMs,
    standard: terms.lingerMs,
    bulk: terms.lingerMs,
  };
  const publishers = Array.from({ length: streams }, () =>
    bus.publisher({
      source: "bench",
      world: "bench",
      fingerprint: FINGERPRINT,
      compression: terms.compression,
      lingerMs,
      // Backpressure must not change the rate: it is the load that is given.
      maxInFlightBytes: 64 * 1024 * 1024,
    }),
  );
  const total = Math.round(perS * terms.seconds);
  const beganMs = performance.now();
  let n = 0;
  while (n < total) {
    const due = Math.min(total, ((performance.now() - beganMs) / 1000) * perS);
    for (; n < due; n++) {
      const publisher = publishers[n % streams] as (typeof publishers)[0];
      const full = publisher.publish(GroundConditionsChanged, inits[n % inits.length] as (typeof inits)[0]);
      if (full !== undefined) await full;
    }
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  }
  await Promise.all(publishers.map((publisher) => publisher.flush()));
  return total;
}
