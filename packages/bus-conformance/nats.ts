import { type JetStreamManager, jetstreamManager } from "@nats-io/jetstream";
import { connect, jwtAuthenticator } from "@nats-io/transport-node";
import { seededNumbers, systemClock } from "@orrery/bus";
import { type NatsOptions, openNatsTransport } from "@orrery/bus-nats";
import { createAccounts, startNatsServer } from "@orrery/bus-nats/testing";
import type { Broker, MakeTransport } from "./broker.ts";
import { startTcpProxy } from "./proxy/mod.ts";

const DEDUP_MS = 2_000;
/** Streams that frames, retries and dead letters are kept in; not what the transport knows of itself. */
const STREAMS = /^orrery-(world-|retry$|dead$)/;

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

    /** Does something to the server that no client of ours would. */
    async function operate(act: (jsm: JetStreamManager) => Promise<void>): Promise<void> {
      const nc = await connect({ servers: server.address });
      try {
        await act(await jetstreamManager(nc));
      } finally {
        await nc.close();
      }
    }

    return {
      connect: () => openNatsTransport({ ...terms, servers: server.address }),
      elsewhere: {
        module: import.meta.resolve("./elsewhere/nats.ts"),
        terms: { ...terms, servers: server.address },
      },
      restart: () => server.restart(),
      refuse: (on) =>
        operate(async (jsm) => {
          for await (const { config, state } of jsm.streams.list()) {
            if (!STREAMS.test(config.name)) continue;
            await jsm.streams.update(config.name, { max_bytes: on ? Math.max(state.bytes, 1) : -1 });
          }
        }),
      lose: (what) =>
        operate(async (jsm) => {
          for (const name of await Array.fromAsync(jsm.streams.names())) {
            if (!STREAMS.test(name)) continue;
            if (what === "consumer") {
              for await (const consumer of jsm.consumers.list(name))
                await jsm.consumers.delete(name, consumer.name);
            } else if (name.startsWith("orrery-world-")) await jsm.streams.delete(name);
          }
        }),
      async shortLived(seconds) {
        const accounts = createAccounts();
        const guarded = await startNatsServer({ ...options, config: accounts.config });
        const { seed: secret } = accounts.user(seconds);
        let issued = 0;
        const authenticator = jwtAuthenticator(() => {
          issued++;
          return accounts.user(seconds).jwt;
        }, secret);
        const connection = { authenticator, ignoreAuthErrorAbort: true, reconnectTimeWait: 50 };
        return {
          connect: () => openNatsTransport({ ...terms, servers: guarded.address, connection }),
          issued: () => issued,
          destroy: () => guarded.close(),
        };
      },
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
