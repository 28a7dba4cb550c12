import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { freePort, type NatsServer, startNatsServer } from "./server.ts";

/** Servers that keep their streams together. */
export interface NatsCluster {
  readonly servers: readonly NatsServer[];
  /** Who leads a stream; undefined while nobody does. */
  leaderOf(stream: string): Promise<NatsServer | undefined>;
  close(): Promise<void>;
}

const READY_MS = 20_000;
const LOOK_MS = 100;

/** So many servers on loopback; one is no cluster, just a server. */
export async function startNatsCluster(nodes: number): Promise<NatsCluster> {
  const routes = await Promise.all(Array.from({ length: nodes }, freePort));
  const all = routes.map((port) => `nats://127.0.0.1:${port}`).join(", ");
  const config = (at: number) =>
    nodes === 1
      ? "server_name: node-0"
      : `server_name: node-${at}\ncluster { name: chaos, listen: "127.0.0.1:${routes[at]}", routes: [${all}] }`;
  const servers = await Promise.all(
    Array.from({ length: nodes }, (_, at) => startNatsServer({ config: config(at) })),
  );

  /** Asks any server that answers. */
  async function ask<T>(question: (jsm: Awaited<ReturnType<typeof jetstreamManager>>) => Promise<T>) {
    const nc = await connect({
      servers: servers.map(({ address }) => address),
      timeout: 1_000,
      reconnect: false,
    });
    try {
      return await question(await jetstreamManager(nc, { timeout: 2_000 }));
    } finally {
      await nc.close();
    }
  }

  // A cluster takes streams only once it has chosen who leads it.
  for (const untilMs = Date.now() + READY_MS; nodes > 1; ) {
    const ready = await ask(async (jsm) => (await jsm.getAccountInfo()).streams >= 0).catch(() => false);
    if (ready) break;
    if (Date.now() > untilMs) throw new Error("the cluster chose no leader");
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  return {
    servers,
    async leaderOf(stream) {
      const name = await ask(async (jsm) => (await jsm.streams.info(stream)).cluster?.leader).catch(
        () => undefined,
      );
      const at = /^node-(\d+)$/.exec(name ?? "")?.[1];
      return at === undefined ? undefined : servers[Number(at)];
    },
    async close() {
      await Promise.all(servers.map((server) => server.close()));
    },
  };
}
