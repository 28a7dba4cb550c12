import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createMemoryTransport, type Transport } from "@orrery/bus";
import eventBus from "@orrery/event-bus";
import router from "@orrery/router";
import { codecs, fingerprint } from "@orrery/schema/registry";
import { EdgeService, TokenService } from "@orrery/schema/router/v1";
import { WorldCreated } from "@orrery/schema/world/v1";
import {
  createLogger,
  type Host,
  type HostOptions,
  type ServiceDefinition,
  startHost,
} from "@orrery/service";
import { vi } from "vitest";

export const WORLD = "w";
const KEY = "the deployment's own key";

/** A journal, and a world that exists though nobody keeps it; doors come and go. */
export interface SmallWorld {
  readonly journal: Host;
  publisher(id: string): ReturnType<Host["surroundings"]["bus"]["publisher"]>;
  /** @param more services in the same process */
  openDoor(env?: Record<string, string>, more?: readonly ServiceDefinition<any>[]): Promise<Door>;
  stop(): Promise<void>;
}

export interface Door {
  readonly host: Host;
  readonly url: string;
  token(deviceId?: string): Promise<string>;
  close(): Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

/** Closing a host closes its transport, which the others still need. */
const lent = (transport: Transport): Transport => ({ ...transport, close: async () => {} });

export async function startSmallWorld(): Promise<SmallWorld> {
  const transport = createMemoryTransport();
  const innerPort = await freePort();
  const folder = mkdtempSync(join(tmpdir(), "orrery-small-world-"));
  const own: Omit<HostOptions, "services"> = {
    transport: lent(transport),
    outsideTypes: [...codecs.keys()],
    // What doors know of worlds outlives them.
    storeUrl: (id) => (id === "router" ? join(folder, "store.db") : ":memory:"),
    dataFolder: folder,
    env: {},
    log: createLogger("silent"),
    deploymentKey: KEY,
  };
  const journal = await startHost({ ...own, services: [eventBus], innerPort });
  const { bus } = journal.surroundings;
  const publisher: SmallWorld["publisher"] = (id) =>
    bus.publisher({ source: "weather-manager", world: WORLD, id, fingerprint });
  const maker = publisher("maker");
  await maker.publish(WorldCreated, { worldId: WORLD, seed: "s", epochMs: 0, rate: 60 });
  await maker.flush();
  const doors = new Set<Host>();

  return {
    journal,
    publisher,
    async openDoor(env = {}, more = []) {
      const urls = [`http://127.0.0.1:${innerPort}`];
      const neighbours = [{ definition: eventBus, urls }];
      const host = await startHost({ ...own, services: [router, ...more], neighbours, env, port: 0 });
      doors.add(host);
      const edge = host.directory.client(EdgeService, { role: "admin", id: "t", scopes: [] });
      await vi.waitUntil(async () => (await edge.listWorlds({})).worlds.length > 0, { timeout: 5_000 });
      const issuer = host.directory.client(TokenService, { role: "anyone", id: "", scopes: [] });
      return {
        host,
        url: host.url as string,
        token: async (deviceId = "d") => (await issuer.issue({ deviceId })).token,
        async close() {
          doors.delete(host);
          await host.stop(500);
        },
      };
    },
    async stop() {
      for (const door of doors) await door.stop(500);
      await journal.stop(500);
      await transport.close();
      rmSync(folder, { recursive: true });
    },
  };
}
