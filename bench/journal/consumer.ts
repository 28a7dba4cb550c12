// Handles the writer's events, until it is stopped or killed from outside; says how many when asked.
//   node bench/journal/consumer.ts <data folder>
import { join } from "node:path";
import { createBus, openEmbeddedTransport } from "@orrery/bus";

const bus = createBus({ transport: openEmbeddedTransport({ dir: join(process.argv[2] as string, "bus") }) });
const handled = new Set<number>();
await bus.subscribe({
  id: "bench/counter",
  types: ["bench.*"],
  order: "key",
  handle: ({ sequence }) => void handled.add(sequence),
}).ready;
process.on("message", () => process.send?.(handled.size));
process.on("disconnect", () => process.exit(0));
process.send?.("ready");
