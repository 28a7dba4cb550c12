import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { openEmbeddedTransport } from "@orrery/bus";
import { OPERATOR_TYPES, packFolder } from "@orrery/cli/run/operator.ts";
import { loadService } from "@orrery/cli/run/services.ts";
import { readPack } from "@orrery/pack";
import { fingerprint } from "@orrery/schema/registry";
import { TimeService } from "@orrery/schema/time/v1";
import { WorldCreated } from "@orrery/schema/world/v1";
import { createLogger, type Host, startHost, systemClock } from "@orrery/service";

/** The time-manager alone in this process, on a log and a database on disk. */
export interface Scene {
  readonly host: Host;
  readonly time: ReturnType<typeof clientOf>;
  readonly metrics: () => Promise<string>;
  /** Makes worlds at these rates, one after the other; resolves when all of them have a clock. */
  create(rates: readonly number[]): Promise<string[]>;
  close(): Promise<void>;
}

const LOOK_MS = 50;
const SPREAD_MS = 1_000;
export const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const clientOf = (host: Host) =>
  host.directory.client(TimeService, { role: "admin", id: "bench", scopes: ["time:skip"] });

export async function openScene(): Promise<Scene> {
  // A log under the working folder: a temporary folder may be in memory.
  const data = mkdtempSync(join(process.cwd(), ".bench-time-"));
  const log = createLogger("error");
  const transport = openEmbeddedTransport({
    dir: join(data, "bus"),
    exclusive: true,
    clock: systemClock,
    log,
  });
  const host = await startHost({
    services: [await loadService("time-manager")],
    transport,
    storeUrl: () => join(data, "store.db"),
    outsideTypes: OPERATOR_TYPES,
    env: {},
    log,
  });
  const time = clientOf(host);
  const { pack } = await readPack(packFolder("hollowmere"));
  // The land is not the clock's: without it a thousand worlds are made in a moment.
  const calendarOnly = { id: pack.id, title: pack.title, calendar: pack.calendar };
  return {
    host,
    time,
    metrics: () => host.surroundings.registry.metrics(),
    async create(rates) {
      const ids: string[] = [];
      for (const [at, rate] of rates.entries()) {
        const worldId = `world-${at}`;
        const publisher = host.surroundings.bus.publisher({
          source: "operator",
          world: worldId,
          fingerprint,
        });
        // Worlds are not born in the same instant: their edges fall over the whole second.
        const epochMs = Date.now() - (at / rates.length) * SPREAD_MS;
        const pack = calendarOnly as never;
        await publisher.publish(WorldCreated, { worldId, seed: worldId, epochMs, rate, pack });
        await publisher.close();
        ids.push(worldId);
      }
      const last = ids.at(-1) ?? "";
      const exists = () => time.getClock({ worldId: last }).then(Boolean, () => false);
      while (!(await exists())) await wait(LOOK_MS);
      return ids;
    },
    async close() {
      await host.stop();
      rmSync(data, { recursive: true, force: true });
    },
  };
}
