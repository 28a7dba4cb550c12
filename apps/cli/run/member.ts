import { join } from "node:path";
import { createLogger, type Host, startHost } from "@orrery/service";
import { openBroker } from "./broker.ts";
import { codeFacts } from "./code-version.ts";
import { OPERATOR_TYPES } from "./operator.ts";
import { innerUrl, type Plan } from "./plan.ts";
import { loadServices } from "./services.ts";

/** Runs one service of a deployment in this process; the others are its neighbours. */
export async function startMember(plan: Plan, service: string, copy: number): Promise<Host> {
  const log = createLogger(plan.logLevel);
  const definitions = await loadServices();
  const own = definitions.filter(({ id }) => id === service);
  const neighbours = definitions
    .filter(({ id }) => id !== service)
    .map((definition) => ({ definition, urls: (plan.members[definition.id] ?? []).map(innerUrl) }));
  const copies = own.map((definition) => ({
    definition,
    urls: (plan.members[service] ?? []).filter((_, at) => at !== copy).map(innerUrl),
  }));
  const isDoor = own.some(({ http }) => http !== undefined);
  return startHost({
    services: own,
    neighbours,
    copies: copies.filter(({ urls }) => urls.length > 0),
    deploymentKey: plan.key,
    transport: await openBroker(plan.broker, plan.data, log),
    outsideTypes: OPERATOR_TYPES,
    storeUrl: (id) => plan.databaseUrl ?? join(plan.data, id, "store.db"),
    dataFolder: plan.data,
    instance: `${service}-${copy}`,
    zone: process.env["ORRERY_ZONE"] ?? "",
    env: { ...process.env, ROUTER_CONSOLE_FOLDER: plan.consoleFolder },
    log,
    ...codeFacts(plan.data),
    adopt: plan.adopt,
    innerPort: plan.members[service]?.[copy] ?? 0,
    ...(isDoor && { port: plan.doors[copy] ?? 0 }),
  });
}
