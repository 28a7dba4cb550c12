import { type Bus, type Clock, systemClock } from "@orrery/bus";
import { OrreryError } from "@orrery/wire";
import { fingerprint } from "@orrery/schema/registry";
import { join } from "node:path";
import type { Registry } from "prom-client";
import { readConfig } from "./config.ts";
import { partsOf, type ServiceDefinition } from "./define.ts";
import { durableSubscriptions } from "./durable.ts";
import { serviceErrors } from "./errors.ts";
import { addFabricChecks } from "./fabric-health.ts";
import { createHealth, type Health } from "./health.ts";
import type { Kit, Part, Peer, Running } from "./kit.ts";
import type { Logger } from "./log.ts";
import { createOwnBus } from "./own-bus.ts";
import type { Directory } from "./rpc/directory.ts";
import type { Personal } from "./personal/personal.ts";
import { type CallLoad, createCallLoad } from "./rpc/load.ts";
import { localTransport, type Methods, methodsOf } from "./rpc/mount.ts";
import type { KitTables } from "./store/kit-tables.ts";
import { createOutbox } from "./store/outbox.ts";
import { inProcess } from "./store/sqlite-runner.ts";
import { openStore, type Store } from "./store/store.ts";
import { metricsOf } from "./telemetry.ts";

/** What all services of one process share. */
export interface Surroundings {
  readonly bus: Bus;
  readonly clock: Clock;
  /** Unix ms, as the host's clock has it. */
  hostMs(): number;
  readonly log: Logger;
  readonly registry: Registry;
  readonly directory: Directory;
  readonly personal: Personal;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly codeVersion: string;
  versionOf(module: string): Promise<string>;
  /** Ids of services that take on what their code makes of inputs that other code handled. */
  readonly adopt: readonly string[] | "all";
  readonly instance: string;
  /** Where services keep files; undefined: in memory only. */
  readonly dataFolder: string | undefined;
  peers(): readonly Peer[];
  /** Database of a service: `postgres://…`, a file, or `:memory:`. */
  storeUrl(serviceId: string): string;
}

export interface RunningService {
  readonly definition: ServiceDefinition<any>;
  readonly kit: Kit;
  readonly health: Health;
  readonly methods: Methods;
  readonly load: CallLoad;
  stop(): Promise<void>;
}

/**
 * Brings one service up: where what it hears waits → settings → database → outbox left behind → parts in order →
 * calls. A failure on the way takes down what was up and names the service; nothing half started stays.
 * @throws SERVICE_START_FAILED with the cause
 */
export async function startService(
  definition: ServiceDefinition<any>,
  around: Surroundings,
): Promise<RunningService> {
  const log = around.log.child({ service: definition.id });
  const own = createOwnBus(around.bus);
  const undo: (() => Promise<void>)[] = [];
  /** A step that fails keeps no other from being taken. */
  async function stop(): Promise<void> {
    const failures: unknown[] = [];
    for (const step of undo.splice(0).reverse()) await step().catch((error) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  }
  let store: Store | undefined;
  try {
    const subscriptions = durableSubscriptions(definition, around.instance);
    await around.bus.transport.ensure({ topics: [], subscriptions });
    const config = readConfig(definition.id, definition.config, around.env);
    const folder = around.dataFolder === undefined ? undefined : join(around.dataFolder, definition.id);
    const url = around.storeUrl(definition.id);
    const opened = await openStore({
      service: definition.id,
      url,
      migrations: definition.migrations,
      noteFile: folder === undefined || url === ":memory:" ? undefined : join(folder, "store.json"),
      // Virtual time goes on when nothing happens in this thread, and would run ahead of one that it does not see.
      sqlite: around.clock === systemClock ? undefined : inProcess,
    });
    store = opened;
    undo.push(() => opened.close());
    const outbox = createOutbox(opened, (frame) => around.bus.send(frame), around.clock);
    undo.push(() => outbox.close());
    const running = new Map<Part, Running>();
    const facts = { codec: "protobuf", store: opened.dialect, code: around.codeVersion };
    const health = createHealth(facts, () => outbox.unsent());
    const kit: Kit = {
      service: definition.id,
      config,
      clock: around.clock,
      hostMs: () => around.hostMs(),
      log,
      metrics: metricsOf(around.registry, definition.id),
      health,
      store: opened,
      outbox,
      bus: own.bus,
      fingerprint,
      codeVersion: around.codeVersion,
      versionOf: (module) => around.versionOf(module),
      adopts: around.adopt === "all" || around.adopt.includes(definition.id),
      instance: around.instance,
      folder,
      directory: around.directory,
      personal: around.personal,
      peers: () => around.peers(),
      client: (service) =>
        around.directory.client(service, { role: "service", id: definition.id, scopes: [] }),
      elsewhere: (service) => around.directory.elsewhere(definition.id, service),
      part<R>(part: Part<R>): R {
        const found = running.get(part);
        if (found === undefined) throw new OrreryError(serviceErrors.SERVICE_NOT_READY, { given: part.name });
        return found.handle as R;
      },
    };
    health.add({ name: "store", kind: "progress", ask: () => opened.problem() });
    health.add({ name: "outbox", kind: "dependency", ask: () => outbox.problem() });
    addFabricChecks(health, around.bus, around.clock, definition.id);
    await outbox.resume();
    undo.push(() => own.close());
    for (const part of partsOf(definition)) {
      const started = await part.start(kit);
      running.set(part, started);
      undo.push(() => started.stop());
    }
    const services = definition.rpc.map((binding) => binding.service);
    const load = createCallLoad();
    const methods = methodsOf(definition.rpc, kit, load);
    around.directory.put(definition.id, services, localTransport(definition.rpc, methods));
    undo.push(async () => around.directory.remove(definition.id));
    return { definition, kit, health, methods, load, stop };
  } catch (cause) {
    const held = store;
    // Behind the parts, which may still need them, and before the database is closed.
    if (held !== undefined) undo.splice(1, 0, () => releaseLeases(held, around.instance));
    await stop().catch((error) => log.error({ err: error }, "what had started did not stop cleanly"));
    throw new OrreryError(serviceErrors.SERVICE_START_FAILED, {
      given: `${definition.id}: ${cause instanceof Error ? cause.message : String(cause)}`,
      cause,
    });
  }
}

/** A part that did not come up cannot give back what it took to be the writer: another process is not to wait for that. */
async function releaseLeases(store: Store, instance: string): Promise<void> {
  await store.as<KitTables>().deleteFrom("lease").where("owner", "=", instance).execute();
}
