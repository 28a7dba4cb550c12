import { FleetService, LagState, type SubscriptionLag } from "@orrery/schema/bus/v1";
import { EdgeService, type ServiceHealth } from "@orrery/schema/router/v1";
import { edgeCommand, type Edge, type EdgeOptions, openEdge } from "../edge.ts";
import { EXIT } from "../exit.ts";
import { printRows } from "../print.ts";

export const status = edgeCommand(
  "status",
  "every service: how it is, what waits for it, and what to do; exit 1 when one is not well",
).action(async (options: EdgeOptions) => {
  const edge = await openEdge(options);
  const { services } = await edge.client(EdgeService).listServices({});
  const lags = await lagsOf(edge);
  printRows(
    services.map((service) => ({
      service: service.serviceId,
      state: stateOf(service),
      ...waitingFor(service, lags),
      problem: problemOf(service),
    })),
    options.json,
  );
  if (services.some((service) => stateOf(service) !== "well")) process.exitCode = EXIT.fail;
});

/** Undefined: nobody could tell. */
async function lagsOf({ client }: Edge): Promise<readonly SubscriptionLag[] | undefined> {
  try {
    return (await client(FleetService).lag({})).lags;
  } catch (error) {
    console.error(`What waits is not known: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

function stateOf({ healthy, ready, failure }: ServiceHealth): string {
  if (failure !== undefined) return "failed";
  return healthy ? (ready ? "well" : "not ready") : "stuck";
}

function problemOf({ problems, failure }: ServiceHealth): string {
  if (failure === undefined) return problems.join("; ");
  const { message, nextMs } = failure;
  return nextMs > 0
    ? `${message}. It is tried again at ${new Date(nextMs).toISOString()}`
    : `${message}. It stays so until Orrery is started again`;
}

/** Over all its subscriptions; what cannot be read is no 0. */
function waitingFor({ serviceId }: ServiceHealth, lags: readonly SubscriptionLag[] | undefined) {
  const own = lags?.filter(({ subscription }) => subscription.startsWith(`${serviceId}/`));
  if (own === undefined || own.some(({ state }) => state === LagState.UNKNOWN))
    return { waiting: "?", "dead letters": "?" };
  const sum = (of: (lag: SubscriptionLag) => number) => own.reduce((total, lag) => total + of(lag), 0);
  return { waiting: sum(({ events }) => events), "dead letters": sum(({ deadLetters }) => deadLetters) };
}
