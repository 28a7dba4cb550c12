import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { openEmbeddedTransport } from "@orrery/bus";
import { loadService } from "@orrery/cli/run/services.ts";
import { SubjectErased } from "@orrery/schema/bus/v1";
import { EntitlementChanged } from "@orrery/schema/payment/v1";
import { ContentService, FlagService, SettingsService } from "@orrery/schema/settings/v1";
import { createLogger, type Host, type ServiceDefinition, startHost, systemClock } from "@orrery/service";

/** settings in this process, on a log and a database on disk. */
export interface Scene {
  readonly host: Host;
  readonly settings: ReturnType<typeof clientsOf>["settings"];
  readonly flags: ReturnType<typeof clientsOf>["flags"];
  readonly content: ReturnType<typeof clientsOf>["content"];
  close(): Promise<void>;
}

const READY_MS = 20;

const clientsOf = ({ directory }: Host) => ({
  settings: directory.client(SettingsService, { role: "admin", id: "bench", scopes: [] }),
  flags: directory.client(FlagService, { role: "admin", id: "bench", scopes: [] }),
  content: directory.client(ContentService, { role: "service", id: "router", scopes: [] }),
});

/** @param folder of an earlier scene, which goes on; it then stays when the scene closes */
export async function openScene(
  folder?: string,
  beside: readonly ServiceDefinition<any>[] = [],
): Promise<Scene> {
  // A log under the working folder: a temporary folder may be in memory.
  const data = folder ?? mkdtempSync(join(process.cwd(), ".bench-settings-"));
  const log = createLogger("error");
  const host = await startHost({
    services: [await loadService("settings"), ...beside],
    transport: openEmbeddedTransport({ dir: join(data, "bus"), exclusive: true, clock: systemClock, log }),
    storeUrl: (service) => join(data, `${service}.db`),
    outsideTypes: [SubjectErased.typeName, EntitlementChanged.typeName],
    env: {},
    log,
  });
  const clients = clientsOf(host);
  const ready = () => clients.flags.getSnapshot({}).then(Boolean, () => false);
  while (!(await ready())) await wait(READY_MS);
  return {
    host,
    ...clients,
    async close() {
      await host.stop();
      if (folder === undefined) rmSync(data, { recursive: true, force: true });
    },
  };
}
