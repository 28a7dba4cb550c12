import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createDirectory, createLogger, systemClock } from "@orrery/service";
import { type Broker, EMBEDDED, openBroker } from "./broker.ts";
import { claimBroker } from "./broker-note.ts";
import { makeWritable } from "./data-folder.ts";
import type { InstanceOptions } from "./instance.ts";
import { checkGoingOn, checkPacks, createOperator } from "./operator.ts";
import { freePorts, innerUrl, newKey, type Plan, writePlan } from "./plan.ts";
import { keepMember, type Member } from "./processes.ts";
import { loadServices } from "./services.ts";
import { openWorldBook } from "./world-book.ts";

export interface Copies {
  /** Of each service that keeps a state: one is the writer, the others stand by. */
  readonly stateful: number;
  /** Of the router, on ports one after the other. */
  readonly doors: number;
}

export interface Deployment {
  /** Of each door. */
  readonly urls: readonly string[];
  readonly adminSecret: string;
  readonly members: readonly Member[];
  stop(): Promise<void>;
}

/**
 * The whole of Orrery, every service in a process of its own, on one log and one data folder. This process
 * speaks for the operator, by calls, and keeps the others running.
 */
export async function startDeployment(
  options: InstanceOptions,
  copies: Copies,
  broker: Broker = EMBEDDED,
): Promise<Deployment> {
  const log = createLogger(options.logLevel);
  await checkPacks(options.data, options.worlds);
  makeWritable(options.data);
  const definitions = await loadServices();
  const counts = definitions.map(({ aggregate, http }) =>
    http !== undefined ? copies.doors : aggregate !== undefined ? copies.stateful : 1,
  );
  const ports = await freePorts(counts.reduce((sum, count) => sum + count, copies.doors));
  const doors = Array.from({ length: copies.doors }, (_, at) =>
    options.port === 0 ? (ports.pop() as number) : options.port + at,
  );
  const members = Object.fromEntries(
    definitions.map(({ id }, at) => [id, ports.splice(0, counts[at] as number)]),
  );
  const plan: Plan = {
    data: options.data,
    ...(options.databaseUrl !== undefined && { databaseUrl: options.databaseUrl }),
    broker,
    doors,
    consoleFolder: options.consoleFolder,
    logLevel: options.logLevel,
    key: newKey(),
    adopt: options.adopt ?? [],
    members,
  };
  writePlan(plan);

  const transport = await openBroker(broker, options.data, log);
  await claimBroker(options.data, broker, transport, options.newBroker ?? false).finally(() =>
    transport.close(),
  );
  const kept = definitions.flatMap(({ id }) =>
    (members[id] ?? []).map((_, copy) => keepMember(plan, id, copy, log)),
  );
  const following: (() => void)[] = [];
  async function stop(): Promise<void> {
    for (const stopFollowing of following) stopFollowing();
    await Promise.all(kept.map((member) => member.stop()));
  }
  try {
    await Promise.all(kept.map(({ started }) => started));
    const neighbours = definitions.map((definition) => ({
      definition,
      urls: (members[definition.id] ?? []).map(innerUrl),
    }));
    const directory = createDirectory(neighbours, plan.key);
    await checkGoingOn(directory, options.worlds);
    const book = openWorldBook(options.data);
    const operator = createOperator(book, systemClock, log, directory, options.say);
    for (const world of options.worlds) {
      await operator.ensure(world);
      following.push(operator.follow(world.id));
    }
  } catch (error) {
    // The processes that were started are nobody's otherwise.
    await stop();
    throw error;
  }
  const secretFile = join(options.data, "router", "admin-secret");
  return {
    urls: doors.map(innerUrl),
    adminSecret: existsSync(secretFile) ? readFileSync(secretFile, "utf8").trim() : "",
    members: kept,
    stop,
  };
}
