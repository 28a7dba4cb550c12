// One member of a subscription in a process of its own, to be killed: node member.ts <endpoint> <subscription> <order> <type> [stick]
// Prints the sequence of each event that it begins; with `stick` every tenth is never finished.
import { createBus } from "@orrery/bus";
import { openAwsTransport } from "../mod.ts";
import { TEST_CREDENTIALS } from "./ministack.ts";

const [endpoint = "", id = "", order = "none", type = "", stick = ""] = process.argv.slice(2);
const transport = await openAwsTransport({
  endpoint,
  credentials: TEST_CREDENTIALS,
  leaseSeconds: 1,
  waitSeconds: 1,
});
const bus = createBus({ transport });
await bus.subscribe({
  id,
  order: order === "key" ? "key" : "none",
  types: [type],
  from: "latest",
  handle(event) {
    process.stdout.write(`${event.sequence}\n`);
    if (stick !== "" && event.sequence % 10 === 0) return new Promise(() => {});
    return undefined;
  },
}).ready;
process.stdout.write("ready\n");
