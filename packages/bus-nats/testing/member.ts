// One member of a subscription in a process of its own, to be killed: node member.ts <server> <subscription> <order> <type> [stick]
// Prints the sequence of each event that it begins; with `stick` every tenth is never finished.
import { createBus } from "@orrery/bus";
import { openNatsTransport } from "../mod.ts";

const [servers = "", id = "", order = "none", type = "", stick = ""] = process.argv.slice(2);
const transport = await openNatsTransport({ servers, leaseSeconds: 1 });
const bus = createBus({ transport });
await bus.subscribe({
  id,
  order: order === "key" ? "key" : "none",
  types: [type],
  handle(event) {
    process.stdout.write(`${event.sequence}\n`);
    if (stick !== "" && event.sequence % 10 === 0) return new Promise(() => {});
    return undefined;
  },
}).ready;
process.stdout.write("ready\n");
