import { systemClock } from "@orrery/bus";
import { openNatsTransport } from "@orrery/bus-nats";
import { startNatsServer } from "@orrery/bus-nats/testing";
import type { Broker, MakeTransport } from "./scene.ts";

/** NATS JetStream, real time and a short lease: a server of its own for every broker, synced if wanted. */
export function natsBroker(options: { readonly syncAlways?: boolean } = {}): MakeTransport {
  const make = async (): Promise<Broker> => {
    const server = await startNatsServer(options);
    return {
      connect: () =>
        openNatsTransport({
          servers: server.address,
          leaseSeconds: 1,
          sync: options.syncAlways ? "always" : "periodic",
        }),
      destroy: () => server.close(),
    };
  };
  return Object.assign(make, { clock: systemClock });
}
