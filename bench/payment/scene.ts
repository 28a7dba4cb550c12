import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { openEmbeddedTransport } from "@orrery/bus";
import { OPERATOR_TYPES } from "@orrery/cli/run/operator.ts";
import { loadService } from "@orrery/cli/run/services.ts";
import { SubjectErased } from "@orrery/schema/bus/v1";
import { fingerprint } from "@orrery/schema/registry";
import { BillingService, WalletService } from "@orrery/schema/payment/v1";
import { HookService } from "@orrery/schema/router/v1";
import { TimerFired } from "@orrery/schema/time/v1";
import { WorldCreated } from "@orrery/schema/world/v1";
import { createLogger, type Host, startHost, systemClock } from "@orrery/service";

const READY_MS = 20;

const clientsOf = ({ directory }: Host) => ({
  wallet: directory.client(WalletService, { role: "service", id: "bench", scopes: [] }),
  operator: directory.client(WalletService, { role: "admin", id: "bench", scopes: [] }),
  billing: directory.client(BillingService, { role: "admin", id: "bench", scopes: [] }),
  hooks: directory.client(HookService, { role: "service", id: "router", scopes: [] }),
});

/** The payment service alone, on a log and a database on disk, with a world `w`. */
export interface Scene {
  readonly host: Host;
  readonly clients: ReturnType<typeof clientsOf>;
}

export const storeOf = (folder: string): string => join(folder, "payment.db");

export async function openScene(folder: string, env: Readonly<Record<string, string>> = {}): Promise<Scene> {
  const log = createLogger("fatal");
  const host = await startHost({
    services: [await loadService("payment")],
    transport: openEmbeddedTransport({ dir: join(folder, "bus"), exclusive: true, clock: systemClock, log }),
    storeUrl: () => storeOf(folder),
    outsideTypes: [...new Set([...OPERATOR_TYPES, TimerFired.typeName, SubjectErased.typeName])],
    env,
    log,
  });
  const operator = host.surroundings.bus.publisher({ source: "operator", world: "w", fingerprint });
  await operator.publish(WorldCreated, { worldId: "w", seed: "w", epochMs: Date.now(), rate: 60 });
  await operator.close();
  const clients = clientsOf(host);
  const probe = (idempotencyKey: string) =>
    clients.operator.adjust({
      ...{ worldId: "w", idempotencyKey, accountId: "system:sink/coin", amount: 1, reason: "ready" },
    });
  for (let tries = 0; ; tries++) {
    const ready = await probe("are-you-ready").then(Boolean, () => false);
    if (ready) return { host, clients };
    if (tries > 1_000) throw new Error("the service is not ready");
    await wait(READY_MS);
  }
}
