import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { openEmbeddedTransport } from "@orrery/bus";
import eventBus from "@orrery/event-bus";
import { createLogger, type Host, startHost } from "@orrery/service";

export const ADMIN = { role: "admin", id: "bench", scopes: [] } as const;

/** The event-bus alone over the embedded log, on a data folder that goes when the work is done. */
export async function withEventBus<T>(
  work: (host: Host, data: string) => Promise<T>,
  env: Readonly<Record<string, string>> = {},
): Promise<T> {
  const data = mkdtempSync(join(process.cwd(), ".bench-event-bus-"));
  try {
    const host = await startHost({
      services: [eventBus],
      transport: openEmbeddedTransport({ dir: join(data, "bus") }),
      outsideTypes: ["*"],
      storeUrl: (id) => join(data, id, "store.db"),
      dataFolder: data,
      env: { ...env },
      log: createLogger("error"),
    });
    try {
      return await work(host, data);
    } finally {
      await host.stop();
    }
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
}
