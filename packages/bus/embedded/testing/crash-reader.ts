// Reads a subscription and writes down on stdout what it handled: "<sequence>\n". Arguments: folder.
// Ends only by being killed.
import { createBus } from "../../bus.ts";
import { SAMPLED } from "../../testing/sample.ts";
import { openEmbeddedTransport } from "../transport.ts";

const [dir] = process.argv.slice(2) as [string];
const bus = createBus({ transport: openEmbeddedTransport({ dir, leaseSeconds: 1 }) });
bus.subscribe({
  id: "crash/reader",
  types: [SAMPLED.typeName],
  order: "key",
  handle: (event) => {
    process.stdout.write(`${event.sequence}\n`);
  },
});
