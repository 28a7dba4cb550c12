import type { Delivered } from "@orrery/bus";
import { FINGERPRINT, GroundConditionsChanged, groundEvents } from "./events.ts";
import { countingReaders, diskStage, memoryStage, type Stage, SUBSCRIPTIONS } from "./scene.ts";

export interface Throughput {
  readonly events: number;
  /** Events published and handled by all three subscriptions, a second. */
  readonly eventsPerS: number;
  /** Handler runs a second: three times that. */
  readonly deliveriesPerS: number;
  readonly nsPerEvent: number;
}

let sink = 0;

/** Reads what routing and rules would: whose ground, how wet, whether flooded. */
function readView(event: Delivered): void {
  const view = event.view(GroundConditionsChanged);
  sink += event.key.length + view.wetness + view.flood;
}

async function readAsync(event: Delivered): Promise<void> {
  const view = event.view(GroundConditionsChanged);
  sink += view.flood;
}

/** Publishes `events` events and waits until three subscriptions have handled them all. */
export async function measure(stage: Stage, events: number, asynchronous: boolean): Promise<Throughput> {
  const { bus } = stage;
  const inits = groundEvents();
  const publisher = bus.publisher({ source: "bench", world: "bench", fingerprint: FINGERPRINT });
  const { all } = await countingReaders(bus, events, asynchronous ? readAsync : readView, {
    concurrency: 256,
  });
  const beganMs = performance.now();
  for (let n = 0; n < events; n++) {
    const full = publisher.publish(GroundConditionsChanged, inits[n & 63] as (typeof inits)[0]);
    if (full !== undefined) await full;
  }
  await publisher.flush();
  await all;
  const tookMs = performance.now() - beganMs;
  return {
    events,
    eventsPerS: Math.round((events / tookMs) * 1000),
    deliveriesPerS: Math.round(((events * SUBSCRIPTIONS) / tookMs) * 1000),
    nsPerEvent: Math.round((tookMs * 1e6) / events),
  };
}

/** The middle one of five runs, after one to warm up. */
export async function median(
  make: () => Stage,
  events: number,
  asynchronous: boolean,
  runs = 5,
): Promise<Throughput> {
  const results: Throughput[] = [];
  for (let run = 0; run <= runs; run++) {
    const stage = make();
    const result = await measure(stage, events, asynchronous);
    await stage.close();
    if (run > 0) results.push(result);
  }
  results.sort((a, b) => a.eventsPerS - b.eventsPerS);
  if (Number.isNaN(sink)) throw new Error("views gave nothing");
  return results[results.length >> 1] as Throughput;
}

export const memoryViews = (events: number) => median(memoryStage, events, false);
export const memoryAsync = (events: number) => median(memoryStage, events, true);
export const diskDurable = (events: number) => median(diskStage, events, false);
