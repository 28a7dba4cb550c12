import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import type { Broker } from "./broker.ts";

/** Which process runs what, and where it answers: written by whoever starts them, read by each. */
export interface Plan {
  readonly data: string;
  /** `postgres://…`; absent: one SQLite file a service. */
  readonly databaseUrl?: string;
  readonly broker: Broker;
  /** Ports of the doors, one for each copy of the router. */
  readonly doors: readonly number[];
  readonly consoleFolder: string;
  readonly logLevel: string;
  /** Shared by the processes; calls between them carry it. */
  readonly key: string;
  /** Services that take on what their code makes of inputs that other code handled. */
  readonly adopt: readonly string[] | "all";
  /** Inner ports of each service's copies. */
  readonly members: Readonly<Record<string, readonly number[]>>;
}

const KEY_BYTES = 24;
/** Where a deployment writes what runs where. */
export const planFile = (data: string) => join(data, "deployment.json");

export const newKey = () => randomBytes(KEY_BYTES).toString("base64url");

export function writePlan(plan: Plan): void {
  mkdirSync(plan.data, { recursive: true });
  // It holds the key: nobody else may read it.
  writeFileSync(planFile(plan.data), `${JSON.stringify(plan, null, 2)}\n`, { mode: 0o600 });
}

export const readPlan = (data: string) => JSON.parse(readFileSync(planFile(data), "utf8")) as Plan;

export const innerUrl = (port: number) => `http://127.0.0.1:${port}`;

/** Loopback ports that nobody listens on right now, all different. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => server.listening || once(server, "listening")));
  const ports = servers.map((server) => {
    const address = server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  });
  for (const server of servers) server.close();
  return ports;
}
