import { createMemoryTransport, virtualClock } from "@orrery/bus";
import { type MakeTransport, runConformance } from "@orrery/bus-conformance";

// Your transport, and a fresh and empty broker for each case. Real brokers take `systemClock` instead.
const clock = virtualClock({ auto: true });
const make: MakeTransport = Object.assign(
  async () => {
    const transport = createMemoryTransport({ clock, leaseSeconds: 2 });
    return {
      connect: async () => ({ ...transport, close: async () => {} }),
      destroy: () => transport.close(),
    };
  },
  { clock },
);

const verdict = await runConformance(make, { scale: 0.02, seed: 7 });
for (const { id, answer, title, why } of verdict.results) console.log(id, answer, title, why);
process.exit(verdict.answer === "pass" ? 0 : 1);
