import { createMemoryTransport } from "@orrery/bus";
import { readPack } from "@orrery/pack";
import { fingerprint } from "@orrery/schema/registry";
import { FleetService } from "@orrery/schema/bus/v1";
import { TimeService } from "@orrery/schema/time/v1";
import { WorldCreated } from "@orrery/schema/world/v1";
import { createLogger, type Host, type ServiceDefinition, startHost } from "@orrery/service";
import { vi } from "vitest";
import { OPERATOR_TYPES, packFolder } from "./operator.ts";
import { loadServices } from "./services.ts";

/**
 * All services and a world of `hollowmere` in memory, behind a real port.
 * @param dataFolder for what the door keeps in files
 * @param more services beside those of the folder
 */
export async function startWorldInMemory(
  worldId: string,
  rate: number,
  dataFolder?: string,
  more: readonly ServiceDefinition<any>[] = [],
): Promise<Host> {
  const host = await startHost({
    services: [...(await loadServices()), ...more],
    transport: createMemoryTransport(),
    storeUrl: () => ":memory:",
    outsideTypes: OPERATOR_TYPES,
    env: {},
    log: createLogger("silent"),
    port: 0,
    ...(dataFolder && { dataFolder }),
  });
  const operator = host.surroundings.bus.publisher({ source: "operator", world: worldId, fingerprint });
  const { pack } = await readPack(packFolder("hollowmere"));
  await operator.publish(WorldCreated, { worldId, seed: "s", epochMs: Date.now(), rate, pack });
  await operator.flush();
  const time = host.directory.client(TimeService, { role: "admin", id: "t", scopes: [] });
  const exists = () =>
    time.getClock({ worldId }).then(
      () => true,
      () => false,
    );
  await vi.waitUntil(exists, { timeout: 10_000 });
  return host;
}

const FOLLOWED_MS = 20_000;

/** Resolves when everybody has heard what was said so far, the journal among them. */
export async function allFollowed(host: Host): Promise<void> {
  const fleet = host.directory.client(FleetService, { role: "admin", id: "t", scopes: [] });
  for (let round = 0; round < 2; round++)
    await vi.waitUntil(
      async () => {
        const { lags, unsent } = await fleet.lag({ fresh: true });
        return unsent === 0 && lags.every(({ events }) => events === 0);
      },
      { timeout: FOLLOWED_MS },
    );
}
