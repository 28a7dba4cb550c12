import { type Clock, createBus, type RetryOptions, systemClock, type Transport } from "@orrery/bus";
import { SubjectKeyService } from "@orrery/schema/bus/v1";
import { RegistryService } from "@orrery/schema/capability/v1";
import { codecs, fingerprint } from "@orrery/schema/registry";
import fastify, { type FastifyBaseLogger, type FastifyInstance } from "fastify";
import { readConfig } from "./config.ts";
import type { ServiceDefinition } from "./define.ts";
import { durableSubscriptions } from "./durable.ts";
import { listen } from "./listen.ts";
import { hostTime } from "./host-time.ts";
import { createHosted, type Hosted, peerOf } from "./hosted.ts";
import { operations } from "./http.ts";
import type { RunningService, Surroundings } from "./lifecycle.ts";
import { createLogger, type Logger } from "./log.ts";
import { createKeyRing } from "./personal/key-ring.ts";
import { keysFrom } from "./personal/key-source.ts";
import { createPersonal } from "./personal/personal.ts";
import { type Registering, startRegistering } from "./registering/registering.ts";
import { createDirectory, type Directory } from "./rpc/directory.ts";
import { innerRpc } from "./rpc/inner.ts";
import { type Neighbour, neighbourPeer } from "./rpc/neighbours.ts";
import { exposeCounters } from "./transport-counters.ts";
import { createRegistry } from "./telemetry.ts";
import { ALWAYS, checkWiring, type Wiring } from "./wiring.ts";

export interface HostOptions {
  readonly services: readonly ServiceDefinition<any>[];
  readonly transport: Transport;
  /** Types that come from outside these services (`world.v1.WorldCreated` of an operator). */
  readonly outsideTypes?: readonly string[];
  storeUrl(serviceId: string): string;
  readonly dataFolder?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly clock?: Clock;
  /** What the host's clock shows, Unix ms. Default: the system's, or `clock` where that is given. */
  readonly hostClock?: () => number;
  readonly log?: Logger;
  readonly codeVersion?: string;
  /** Version of the code that a module reaches. Default: `codeVersion` for each. */
  readonly versionOf?: (module: string) => Promise<string>;
  /** Services that take on what their code makes of inputs that other code handled. */
  readonly adopt?: readonly string[] | "all";
  /** Default `local`: right where a data folder belongs to one process at a time. */
  readonly instance?: string;
  /** Loopback port of the services that are a door; 0 picks a free one; undefined: no HTTP at all. */
  readonly port?: number;
  /** Loopback port for health, measures and calls from the deployment's other processes. */
  readonly innerPort?: number;
  /** Services that run in other processes. */
  readonly neighbours?: readonly Neighbour[];
  /** Copies of these services in other processes, which may be the writers of what is not here. */
  readonly copies?: readonly Neighbour[];
  /** Where this process runs, for who prefers what is near. Default: empty. */
  readonly zone?: string;
  /** How subscriptions that do not say otherwise try again. */
  readonly retry?: RetryOptions;
  /** Shared by the processes of the deployment; needed with `innerPort`. */
  readonly deploymentKey?: string;
}

/** Several services in one process, on one bus and behind one port. */
export interface Host {
  readonly surroundings: Surroundings;
  readonly directory: Directory;
  readonly wiring: Wiring;
  readonly url: string | undefined;
  /** All that it is to run; some may not have started. */
  services(): readonly Hosted[];
  /** Those of them that run. */
  running(): readonly RunningService[];
  /** Stops one service and starts it from another definition, while the others go on. */
  replace(definition: ServiceDefinition<any>): Promise<void>;
  /** Drains and stops everything; the report says what was settled and what was handed back. */
  stop(deadlineMs?: number): Promise<void>;
}

const STOP_DEADLINE_MS = 30_000;
const REQUEST_MS = 10_000;
const CHECK_MS = 1_000;

/**
 * A service that cannot start is told of by health and by whoever calls it, and the others go on.
 * @throws SERVICE_START_FAILED of one that the others cannot do without, SERVICE_UNPUBLISHED_TYPE,
 * SERVICE_CONFIG_INVALID, SERVICE_CONFIG_UNKNOWN, SERVICE_PORT_IN_USE
 */
export async function startHost(options: HostOptions): Promise<Host> {
  const neighbours = options.neighbours ?? [];
  const elsewhere = neighbours.map(({ definition }) => definition);
  const wiring = checkWiring([...options.services, ...elsewhere], options.outsideTypes ?? []);
  const env = options.env ?? process.env;
  // Whoever set them is there, and nothing has begun: a wrong one is not found out service by service.
  for (const { id, config } of options.services) readConfig(id, config, env);
  const clock = options.clock ?? systemClock;
  const log = options.log ?? createLogger("info");
  const directory = createDirectory(neighbours, options.deploymentKey, options.copies, clock);
  const keys = keysFrom(() =>
    directory.client(SubjectKeyService, { role: "service", id: "kit", scopes: [] }),
  );
  const personal = createPersonal(createKeyRing(keys, clock), codecs);
  const codeVersion = options.codeVersion ?? "development";
  const around: Surroundings = {
    bus: createBus({
      transport: options.transport,
      clock,
      log,
      fingerprint,
      personal,
      ...(options.retry !== undefined && { defaults: { retry: options.retry } }),
    }),
    personal,
    clock,
    hostMs: hostTime(
      clock,
      options.hostClock ?? (options.clock === undefined ? Date.now : () => clock.now()),
    ),
    log,
    registry: createRegistry(),
    directory,
    env,
    codeVersion,
    versionOf: options.versionOf ?? (async () => codeVersion),
    adopt: options.adopt ?? [],
    instance: options.instance ?? "local",
    dataFolder: options.dataFolder,
    peers: () => [...hosted.map(peerOf), ...neighbours.map(neighbourPeer)],
    storeUrl: options.storeUrl,
  };
  exposeCounters(around.registry, options.transport);
  const apps: FastifyInstance[] = [];
  const hosted = options.services.map((definition) => createHosted(definition, around));
  const running = () => hosted.flatMap((service) => service.running ?? []);
  let registering: Registering | undefined;

  async function stop(deadlineMs = STOP_DEADLINE_MS): Promise<void> {
    const failures: unknown[] = [];
    await registering?.drain(deadlineMs);
    for (const app of apps.splice(0)) await app.close();
    for (const service of hosted.splice(0).reverse()) {
      if (isRegistry(service.definition)) await registering?.leave();
      await service.stop().catch((error) => failures.push(error));
    }
    await registering?.leave();
    await around.bus.drain({ deadlineMs });
    await around.bus.close();
    if (failures.length > 0) throw failures[0];
  }

  function open(): FastifyInstance {
    const app = fastify({
      loggerInstance: log.child({ part: "http" }, { level: "warn" }) as FastifyBaseLogger,
      forceCloseConnections: true,
      // Head and body of a request must be here by then: who sends byte by byte holds nothing open.
      requestTimeout: REQUEST_MS,
      http: { headersTimeout: REQUEST_MS, connectionsCheckingInterval: CHECK_MS },
    });
    apps.push(app);
    return app;
  }
  let port: number | undefined;
  let inner: number | undefined;

  try {
    await beginToWait(around, options.services);
    registering = startRegistering(
      [...options.services, ...elsewhere].some(isRegistry),
      () => hosted,
      () => ({
        instance: around.instance,
        zone: options.zone ?? "",
        codeVersion,
        outside: [...(options.outsideTypes ?? []), ...ALWAYS],
        innerUrl: inner === undefined ? undefined : urlOf(inner),
        doorUrl: port === undefined ? undefined : urlOf(port),
      }),
      around,
    );
    for (const service of hosted) await service.start();
    if (options.innerPort !== undefined) {
      const app = open();
      await operations(app, around.registry, () => hosted);
      await innerRpc(app, hosted, options.deploymentKey ?? "");
      inner = await listen(app, options.innerPort);
    }
    if (options.port !== undefined) {
      const app = open();
      if (options.innerPort === undefined) await operations(app, around.registry, () => hosted);
      for (const { definition, kit } of running()) await definition.http?.(app, kit);
      port = await listen(app, options.port);
    }
    registering.hurry();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    surroundings: around,
    directory,
    wiring,
    url: port === undefined ? undefined : urlOf(port),
    services: () => hosted,
    running,
    async replace(definition) {
      const known = hosted.find((service) => service.definition.id === definition.id);
      if (known !== undefined) return known.replace(definition).finally(() => registering?.hurry());
      const added = createHosted(definition, around);
      hosted.push(added);
      await added.start();
      registering?.hurry();
    },
    stop,
  };
}

const urlOf = (port: number): string => `http://127.0.0.1:${port}`;

const isRegistry = ({ rpc }: ServiceDefinition<any>): boolean =>
  rpc.some(({ service }) => service.typeName === RegistryService.typeName);

/**
 * Makes sure, before anybody says anything, that what each is to hear waits for it: on some brokers a subscription that is
 * made later has missed what was said before. One that cannot be made is told of by its service's own start.
 */
async function beginToWait(around: Surroundings, services: readonly ServiceDefinition<any>[]): Promise<void> {
  const subscriptions = services.flatMap((one) => durableSubscriptions(one, around.instance));
  await around.bus.transport
    .ensure({ topics: [], subscriptions })
    .catch((error) => around.log.debug({ err: error }, "not every subscription could be made ahead"));
}
