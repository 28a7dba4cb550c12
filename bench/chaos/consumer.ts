// One member of a subscription, to be killed and stopped:
//   node consumer.ts <broker> <subscription> <key|none> <record file>
import { createBus } from "@orrery/bus";
import { openBroker } from "./broker.ts";
import { openRecord, recorder } from "./record.ts";
import { TYPE } from "./story.ts";

const [at = "{}", id = "", order = "none", file = ""] = process.argv.slice(2);
process.on("disconnect", () => process.exit(0));
/** What is to go wrong in here next. */
let mishap: "none" | "crash" = "none";
process.on("message", (told: { readonly block?: number; readonly crash?: boolean }) => {
  if (told.crash === true) mishap = "crash";
  if (told.block === undefined) return;
  for (const untilMs = performance.now() + told.block; performance.now() < untilMs; );
});

const record = recorder(openRecord(file));
const bus = createBus({ transport: await openBroker(JSON.parse(at)) });
const subscription = bus.subscribe({
  id,
  order: order === "key" ? "key" : "none",
  types: [TYPE],
  from: "earliest",
  handleFrame(batch) {
    record.take(batch);
    // Its effect is there, its settling is not.
    if (mishap === "crash") process.kill(process.pid, "SIGKILL");
  },
});
await subscription.ready.catch((error: unknown) => {
  console.error(`${id}: ${String(error)}`);
  process.exit(1);
});
