import { collect } from "../live-heap.ts";
import { FINGERPRINT, GroundConditionsChanged, groundEvents } from "./events.ts";
import { countingReaders, type Stage } from "./scene.ts";

export interface HeapSlope {
  readonly events: number;
  /** Live heap at the start and after each tenth, MiB. */
  readonly heapMiB: readonly number[];
  /** Growth by a straight line through them, bytes per event. */
  readonly bytesPerEvent: number;
}

const STEPS = 10;

/** Live heap while events flow, collected before each reading. */
export async function heapSlope(stage: Stage, events: number): Promise<HeapSlope> {
  const { bus } = stage;
  const inits = groundEvents();
  const publisher = bus.publisher({ source: "bench", world: "bench", fingerprint: FINGERPRINT });
  const { handled } = await countingReaders(bus, Number.MAX_SAFE_INTEGER, (event) => void event.sequence);
  const readings: number[] = [];
  const perStep = Math.floor(events / (STEPS + 2));
  let published = 0;
  for (let step = 0; step < STEPS + 2; step++) {
    for (let n = 0; n < perStep; n++) {
      const full = publisher.publish(GroundConditionsChanged, inits[n & 63] as (typeof inits)[0]);
      if (full !== undefined) await full;
    }
    published += perStep;
    await publisher.flush();
    while (handled() < published * 3) await new Promise((resolve) => setTimeout(resolve, 2));
    collect();
    const { heapUsed, external } = process.memoryUsage();
    if (step > 1) readings.push(heapUsed + external);
  }
  await stage.close();
  const mid = (readings.length - 1) / 2;
  const mean = readings.reduce((sum, one) => sum + one, 0) / readings.length;
  let above = 0;
  let below = 0;
  for (const [i, one] of readings.entries()) {
    above += (i - mid) * (one - mean);
    below += (i - mid) ** 2;
  }
  return {
    events: published,
    heapMiB: readings.map((one) => Math.round((one / 1024 / 1024) * 10) / 10),
    bytesPerEvent: Math.round((above / below / perStep) * 1000) / 1000,
  };
}
