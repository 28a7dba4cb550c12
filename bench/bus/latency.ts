import type { Bus } from "@orrery/bus";
import { TimeUpdated } from "@orrery/schema/time/v1";
import { FINGERPRINT } from "./events.ts";
import { diskStage, memoryStage, type Stage } from "./scene.ts";

export interface Latency {
  readonly eventsPerS: number;
  readonly events: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
}

const BURST_MS = 1;

/** Publishes at a steady rate on the realtime lane, in bursts of a millisecond, and times each event to one handler. */
async function atRate(bus: Bus, perS: number, seconds: number): Promise<Latency> {
  const took: number[] = [];
  await bus.subscribe({
    id: "bench/latency",
    types: ["time.*"],
    order: "none",
    handle: (event) => void took.push(performance.now() - event.view(TimeUpdated).atGs),
  }).ready;
  const publisher = bus.publisher({ source: "bench", world: "bench", fingerprint: FINGERPRINT });
  const total = perS * seconds;
  const beganMs = performance.now();
  for (let n = 0; n < total; ) {
    const due = Math.min(total, Math.floor(((performance.now() - beganMs) * perS) / 1000));
    for (; n < due; n++) publisher.publish(TimeUpdated, { atGs: performance.now() });
    await new Promise((resolve) => setTimeout(resolve, BURST_MS));
  }
  await publisher.flush();
  while (took.length < total) await new Promise((resolve) => setTimeout(resolve, 5));
  const steady = took.slice(took.length / 5).sort((a, b) => a - b);
  const at = (share: number) =>
    Math.round((steady[Math.floor(steady.length * share)] as number) * 1000) / 1000;
  return { eventsPerS: perS, events: total, p50Ms: at(0.5), p99Ms: at(0.99), p999Ms: at(0.999) };
}

/** On any stage; closes it. */
export async function latencyOn(stage: Stage, perS: number, seconds: number): Promise<Latency> {
  const result = await atRate(stage.bus, perS, seconds);
  await stage.close();
  return result;
}

export const memoryLatency = (perS: number, seconds: number) => latencyOn(memoryStage(), perS, seconds);
export const diskLatency = (perS: number, seconds: number) => latencyOn(diskStage(), perS, seconds);
