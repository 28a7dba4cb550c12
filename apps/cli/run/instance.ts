import { readFileSync } from "node:fs";
import { join } from "node:path";
import { openEmbeddedTransport } from "@orrery/bus";
import { EdgeService } from "@orrery/schema/router/v1";
import { StateService } from "@orrery/schema/state/v1";
import {
  createLogger,
  type Host,
  isNotStarted,
  type Logger,
  type ServiceDefinition,
  startHost,
  systemClock,
} from "@orrery/service";
import { type Broker, EMBEDDED, openBroker } from "./broker.ts";
import { claimBroker } from "./broker-note.ts";
import { codeFacts } from "./code-version.ts";
import { makeWritable } from "./data-folder.ts";
import {
  checkGoingOn,
  checkPacks,
  createOperator,
  type NewWorld,
  OPERATOR_TYPES,
  type Operator,
} from "./operator.ts";
import { loadServices } from "./services.ts";
import { openWorldBook, type WorldBook } from "./world-book.ts";

export interface InstanceOptions {
  readonly data: string;
  readonly port: number;
  readonly worlds: readonly NewWorld[];
  /** `postgres://…`; default: one SQLite file a service in the data folder. */
  readonly databaseUrl: string | undefined;
  readonly consoleFolder: string;
  readonly logLevel: string;
  /** Told what the operator should see whatever is logged: that an edit of a pack is taken up. */
  readonly say?: (words: string) => void;
  /** Default: the log in the data folder, which is then this process's alone. */
  readonly broker?: Broker;
  /** Takes the broker for the folder's, whichever it had before. Default false. */
  readonly newBroker?: boolean;
  /** Beside those of the folder. */
  readonly more?: readonly ServiceDefinition<any>[];
  /** Services that take on what their code makes of inputs that other code handled. Default: none. */
  readonly adopt?: readonly string[] | "all";
}

export interface Instance {
  readonly host: Host;
  readonly operator: Operator;
  readonly book: WorldBook;
  readonly log: Logger;
  /** Makes whoever has it an admin of this instance. */
  readonly adminSecret: string;
  stop(): Promise<void>;
}

/**
 * The whole of Orrery in this process, on its own data folder.
 * @throws PACK_NOT_FOUND, PACK_REFUSED, DATA_FOLDER_UNWRITABLE, BUS_FOLDER_TAKEN, CLI_BROKER_OTHER, BUS_WORLD_ENDED,
 * SERVICE_START_FAILED, SERVICE_PORT_IN_USE, NATS_*, AWS_*
 */
export async function startInstance(options: InstanceOptions): Promise<Instance> {
  const log = createLogger(options.logLevel);
  await checkPacks(options.data, options.worlds);
  makeWritable(options.data);
  const { broker = EMBEDDED } = options;
  const transport =
    broker.kind === "embedded"
      ? await openEmbeddedTransport({
          dir: join(options.data, "bus"),
          exclusive: true,
          clock: systemClock,
          log,
        })
      : await openBroker(broker, options.data, log);
  let host: Host | undefined;
  try {
    await claimBroker(options.data, broker, transport, options.newBroker ?? false);
    host = await startHost({
      services: [...(await loadServices()), ...(options.more ?? [])],
      transport,
      outsideTypes: OPERATOR_TYPES,
      storeUrl: (id) => options.databaseUrl ?? join(options.data, id, "store.db"),
      dataFolder: options.data,
      env: {
        ...process.env,
        ROUTER_CONSOLE_FOLDER: process.env["ROUTER_CONSOLE_FOLDER"] ?? options.consoleFolder,
      },
      log,
      ...codeFacts(options.data),
      adopt: options.adopt ?? [],
      zone: process.env["ORRERY_ZONE"] ?? "",
      port: options.port,
    });
    return await openWorlds(host, options, log);
  } catch (error) {
    // Whatever runs already ends too: a process that could not start holds nothing.
    await host?.stop();
    await transport.close();
    throw error;
  }
}

async function openWorlds(host: Host, options: InstanceOptions, log: Logger): Promise<Instance> {
  await checkGoingOn(host.directory, options.worlds);
  const book = openWorldBook(options.data);
  const operator = createOperator(book, systemClock, log, host.directory, options.say);
  for (const world of options.worlds) await operator.ensure(world);
  await known(
    host,
    options.worlds.map(({ id }) => id),
  );
  const following = book.list().map(({ id }) => operator.follow(id));
  return {
    host,
    operator,
    book,
    log,
    adminSecret: readFileSync(join(options.data, "router", "admin-secret"), "utf8").trim(),
    async stop() {
      for (const stopFollowing of following) stopFollowing();
      await host.stop();
    },
  };
}

const KNOWN_MS = 10_000;
const LOOK_MS = 20;

/** Waits until the door and the keeper of objects know the worlds: whoever gets the URL finds them there. */
async function known(host: Host, worlds: readonly string[]): Promise<void> {
  const caller = { role: "admin", id: "start", scopes: [] } as const;
  const edge = host.directory.client(EdgeService, caller);
  const state = host.directory.client(StateService, caller);
  const keeps = (worldId: string) =>
    state.list({ worldId, collection: "world", pageSize: 1 }).then(
      () => true,
      // One that could not start is not waited for.
      (error: unknown) => isNotStarted(error),
    );
  for (
    const untilMs = systemClock.now() + KNOWN_MS;
    systemClock.now() < untilMs;
    await systemClock.sleep(LOOK_MS)
  ) {
    const there = (await edge.listWorlds({})).worlds.map(({ worldId }) => worldId);
    const kept = await Promise.all(worlds.map(keeps));
    if (worlds.every((world, i) => there.includes(world) && kept[i])) return;
  }
}
