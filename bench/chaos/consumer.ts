// One member of a subscription, to be killed and stopped:
//   node consumer.ts <broker> <subscription> <key|none> <record file>
import { createBus } from "@orrery/bus";
import { openBroker } from "./broker.ts";
import { openRecord, recorder } from "./record.ts";
import { TYPE } from "./story.ts";

const [at = "{}", id = "", order = "none", file = ""] = process.argv.slice(2);
process.on("disconnect", () => process.exit(0));

const record = recorder(openRecord(file));
const bus = createBus({ transport: await openBroker(JSON.parse(at)) });
const subscription = bus.subscribe({
  id,
  order: order === "key" ? "key" : "none",
  types: [TYPE],
  from: "earliest",
  handleFrame: (batch) => record.take(batch),
});
await subscription.ready.catch((error: unknown) => {
  console.error(`${id}: ${String(error)}`);
  process.exit(1);
});
