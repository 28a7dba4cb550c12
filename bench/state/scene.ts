import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { openEmbeddedTransport } from "@orrery/bus";
import { OPERATOR_TYPES } from "@orrery/cli/run/operator.ts";
import { loadService } from "@orrery/cli/run/services.ts";
import { fingerprint } from "@orrery/schema/registry";
import { StateService } from "@orrery/schema/state/v1";
import { TimerFired } from "@orrery/schema/time/v1";
import { WorldCreated } from "@orrery/schema/world/v1";
import { createLogger, type Host, startHost, systemClock } from "@orrery/service";
import { startPostgres } from "../../tools/postgres.ts";

/** The state-manager in this process, alone or beside others, on a log and a database on disk, with a world `w`. */
export interface Scene {
  readonly host: Host;
  readonly state: ReturnType<typeof clientOf>;
  readonly folder: string;
  /** Of its database. */
  readonly url: string;
  close(): Promise<void>;
}

const READY_MS = 50;

const clientOf = (host: Host) =>
  host.directory.client(StateService, { role: "service", id: "bench", scopes: [] });

/** @param folder of an earlier scene, which goes on; it then stays when the scene closes */
export async function openScene(
  database: "sqlite" | "postgres",
  folder?: string,
  env: Readonly<Record<string, string>> = {},
  beside: readonly string[] = [],
): Promise<Scene> {
  // A log under the working folder: a temporary folder may be in memory.
  const data = folder ?? mkdtempSync(join(process.cwd(), ".bench-state-"));
  const log = createLogger("error");
  const postgres = database === "postgres" ? await startPostgres() : undefined;
  const url = postgres === undefined ? join(data, "store.db") : await postgres.database("state");
  const urlOf = (service: string) => (service === "state-manager" ? url : join(data, `${service}.db`));
  const host = await startHost({
    services: await Promise.all(["state-manager", ...beside].map((service) => loadService(service))),
    transport: openEmbeddedTransport({ dir: join(data, "bus"), exclusive: true, clock: systemClock, log }),
    storeUrl: urlOf,
    outsideTypes: [...OPERATOR_TYPES, TimerFired.typeName],
    env,
    log,
  });
  const state = clientOf(host);
  const operator = host.surroundings.bus.publisher({ source: "operator", world: "w", fingerprint });
  await operator.publish(WorldCreated, { worldId: "w", seed: "w", epochMs: Date.now(), rate: 60 });
  await operator.close();
  const ready = () => state.list({ worldId: "w", collection: "progress" }).then(Boolean, () => false);
  while (!(await ready())) await wait(READY_MS);
  return {
    host,
    state,
    folder: data,
    url,
    async close() {
      await host.stop();
      await postgres?.stop();
      if (folder === undefined) rmSync(data, { recursive: true, force: true });
    },
  };
}
