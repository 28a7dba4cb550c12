import { createBus } from "@orrery/bus";
import { openNatsTransport } from "@orrery/bus-nats";
import { type NatsServer, startNatsServer } from "@orrery/bus-nats/testing";
import type { Stage } from "../bus/scene.ts";

/** A bus on a server of its own, its store under the working folder: a temporary folder may be in memory. */
export async function natsStage(syncAlways: boolean): Promise<Stage & { readonly server: NatsServer }> {
  const server = await startNatsServer({ syncAlways, parent: process.cwd() });
  const transport = await openNatsTransport({
    servers: server.address,
    sync: syncAlways ? "always" : "periodic",
  });
  const bus = createBus({ transport });
  return {
    bus,
    server,
    async close() {
      await bus.close();
      await server.close();
    },
  };
}
