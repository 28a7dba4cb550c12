import { seededNumbers, systemClock } from "@orrery/bus";
import { type NatsOptions, openNatsTransport } from "@orrery/bus-nats";
import { startNatsServer } from "@orrery/bus-nats/testing";
import type { Broker, MakeTransport } from "./broker.ts";
import { startTcpProxy } from "./proxy/mod.ts";

const DEDUP_MS = 2_000;

/** NATS JetStream, real time and a short lease: a server of its own for every broker, synced if wanted. */
export function natsBroker(options: { readonly syncAlways?: boolean } = {}): MakeTransport {
  const make = async (seed: number): Promise<Broker> => {
    const server = await startNatsServer(options);
    const proxy = await startTcpProxy(server.address, seededNumbers(seed));
    const terms: Omit<NatsOptions, "servers"> = {
      leaseSeconds: 1,
      dedupMs: DEDUP_MS,
      sync: options.syncAlways ? "always" : "periodic",
    };
    return {
      connect: () => openNatsTransport({ ...terms, servers: server.address }),
      elsewhere: {
        module: import.meta.resolve("./elsewhere/nats.ts"),
        terms: { ...terms, servers: server.address },
      },
      restart: () => server.restart(),
      network: {
        connect: () =>
          openNatsTransport({
            ...terms,
            servers: proxy.address,
            // A half-open connection is found out within the suite's patience.
            connection: { pingInterval: 500, maxPingOut: 2, reconnectTimeWait: 50 },
          }),
        ...proxy,
      },
      async destroy() {
        await proxy.close();
        await server.close();
      },
    };
  };
  return Object.assign(make, { clock: systemClock });
}
