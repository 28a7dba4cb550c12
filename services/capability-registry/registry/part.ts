import { ExpiryReason, ServiceExpired, ServiceRegistered } from "@orrery/schema/capability/v1";
import { type Kit, type KitTables, type Part, serviceErrors } from "@orrery/service";
import { leading } from "@orrery/simulation";
import { OrreryError } from "@orrery/wire";
import type { Filter } from "../filter/filter.ts";
import { filterReader } from "../filter/known.ts";
import { forgetAnswers } from "../store/answers.ts";
import { INSTANCE_FIELDS } from "./fields.ts";
import { openRegistry, type Registry } from "./registry.ts";

/** Expiry is to be noticed within a second of the lease's end. */
const SWEEP_MS = 250;
/** A sweep that is later than this is worth knowing. */
const LATE_MS = 2_000;
const NOTE_MS = 30_000;
const FORGET_MS = 3_600_000;
const REASONS = new Map<number, string>(
  Object.entries(ExpiryReason).map(([name, reason]) => [reason, name.toLowerCase()]),
);

export interface Instances {
  /** @throws SERVICE_NOT_READY where another process is the writer */
  readonly registry: Registry;
  /** @throws CAPABILITY_FILTER */
  filter(text: string): Filter | undefined;
  readonly active: boolean;
}

/** The instances of all services, kept by one process at a time; another one takes over when that is gone. */
export const instances: Part<Instances> = {
  name: "instances",
  publishes: [ServiceRegistered, ServiceExpired],
  subscribes: [],
  async start(kit: Kit) {
    const registrations = kit.metrics.counter(
      "orrery_capability_registrations_total",
      "Changes that were told",
    );
    const expiries = kit.metrics.counter("orrery_capability_expiries_total", "Instances that went", [
      "reason",
    ]);
    let sweptAt = kit.clock.now();
    let registry: Registry | undefined;

    async function sweeping(held: Registry, signal: AbortSignal): Promise<void> {
      let notedAt = kit.clock.now();
      let forgotAt = notedAt;
      while (!signal.aborted) {
        await kit.clock.sleep(SWEEP_MS, signal);
        if (signal.aborted) return;
        held.sweep();
        sweptAt = kit.clock.now();
        if (sweptAt - notedAt >= NOTE_MS) {
          notedAt = sweptAt;
          await held.noteSources().catch((error: unknown) => kit.log.debug({ err: error }, "not noted"));
        }
        if (sweptAt - forgotAt >= FORGET_MS) {
          forgotAt = sweptAt;
          const db = kit.store.as<KitTables>();
          await forgetAnswers(db, kit.hostMs()).catch((error: unknown) =>
            kit.log.debug({ err: error }, "old answers were not forgotten"),
          );
        }
      }
    }

    const lead = await leading(kit, "instances", async (lease, refused) => {
      await kit.outbox.resume((publisher) => publisher.startsWith(`${kit.service}/registry/`));
      const held = await openRegistry(
        kit,
        lease,
        (change) => {
          if (change.kind === "registered") registrations();
          else expiries(1, { reason: REASONS.get(change.reason) ?? "" });
        },
        refused,
      );
      registry = held;
      sweptAt = kit.clock.now();
      const ending = new AbortController();
      const running = sweeping(held, ending.signal);
      return async () => {
        registry = undefined;
        ending.abort();
        await running;
        held.feed.close();
        await held.writer.close();
      };
    });
    kit.health.add({
      name: "sweep",
      kind: "progress",
      ask: () => {
        const lateMs = registry === undefined ? 0 : kit.clock.now() - sweptAt;
        return lateMs <= LATE_MS
          ? undefined
          : `leases were not looked at for ${Math.round(lateMs / 1_000)} s`;
      },
    });
    kit.health.add({ name: "database", kind: "notice", ask: () => registry?.writer.problem() });
    kit.health.add({
      name: "expiry",
      kind: "notice",
      ask: () => registry?.book.leases.suspicion(kit.clock.now()),
    });
    return {
      handle: {
        get registry() {
          if (registry === undefined)
            throw new OrreryError(serviceErrors.SERVICE_NOT_READY, {
              given: "another process keeps the instances",
            });
          return registry;
        },
        filter: filterReader(INSTANCE_FIELDS),
        get active() {
          return registry !== undefined;
        },
      },
      async stop() {
        await lead.stop();
      },
    };
  },
};
