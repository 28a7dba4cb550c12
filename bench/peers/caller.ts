// Calls at a pace, whatever becomes of those before, until it is told to stop; in a process of its own, so that what it
// measures is the server: node bench/peers/caller.ts '{"url": …, "ours": true}'
import { httpCaller } from "./calls.ts";

/** A twentieth of what a core answers. */
const PACE_PER_S = 100;
const { url, ours } = JSON.parse(process.argv[2] ?? "{}") as { url: string; ours: boolean };
const { ask } = await httpCaller(url, ours);
const took: number[] = [];
const asking: Promise<void>[] = [];
let over = false;
process.once("message", () => (over = true));
process.once("disconnect", () => process.exit());
await ask();
process.send?.({ ready: true });

for (let dueMs = performance.now(); !over; dueMs += 1000 / PACE_PER_S) {
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, dueMs - performance.now())));
  asking.push(ask().then(() => void took.push(performance.now() - dueMs)));
}
await Promise.all(asking);
took.sort((one, other) => one - other);
process.send?.({ p99Ms: took[Math.floor(took.length * 0.99)] });
