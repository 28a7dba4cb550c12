import { createMemoryTransport, type Transport, virtualClock } from "@orrery/bus";
import type { Broker, MakeTransport } from "./broker.ts";

/** The memory form on virtual time: one transport stands for the broker, clients come and go. */
export function memoryBroker(
  options: { readonly disorder?: boolean; readonly mutate?: (transport: Transport) => Transport } = {},
): MakeTransport {
  const clock = virtualClock({ auto: true });
  const mutate = options.mutate ?? ((transport) => transport);
  const make = async (seed: number): Promise<Broker> => {
    let doubled = 0;
    const transport = createMemoryTransport({
      clock,
      leaseSeconds: 2,
      dedupMs: options.disorder ? 0 : 5_000,
      ...(options.disorder
        ? { disorder: { seed, reorder: 0.2, duplicate: 0.02, doubled: () => doubled++ } }
        : {}),
    });
    return {
      connect: async () => mutate({ ...transport, close: async () => {} }),
      simulated: true,
      doubled: () => doubled,
      destroy: () => transport.close(),
    };
  };
  return Object.assign(make, { clock });
}
