// Publishes a writer's events in order, each frame until it is acknowledged, and tells how far it is:
//   node writer.ts <broker> <writer> <events> <events/s> <events a frame>
import { createBus } from "@orrery/bus";
import { openBroker } from "./broker.ts";
import { frameOf } from "./story.ts";

const [at = "{}", ...numbers] = process.argv.slice(2);
const [writer = 0, events = 0, perS = 1, perFrame = 1] = numbers.map(Number);
const IN_FLIGHT = 8;
const PAUSE_MS = 50;
process.on("disconnect", () => process.exit(0));

const bus = createBus({ transport: await openBroker(JSON.parse(at)) });
const began = performance.now();
let next = 1;
let acked = 0;
let repeated = 0;
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Frames of one publisher must reach the broker in order: a batch at a time, as an outbox does. */
while (next <= events) {
  const due = Math.min(events, Math.floor(((performance.now() - began) * perS) / 1_000));
  const frames: Uint8Array[] = [];
  let first = next;
  while (frames.length < IN_FLIGHT && first <= due) {
    const count = Math.min(perFrame, events - first + 1);
    frames.push(frameOf(writer, first, count, Date.now()));
    first += count;
  }
  if (frames.length === 0) {
    await sleep(5);
    continue;
  }
  for (;;) {
    try {
      await bus.send(...frames);
      break;
    } catch {
      // Kept or not, nobody knows: it is said again until it is acknowledged.
      repeated += frames.length;
      await sleep(PAUSE_MS);
    }
  }
  next = first;
  acked = next - 1;
  process.send?.({ acked, repeated });
}
process.send?.({ acked, repeated, done: true });
