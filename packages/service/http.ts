import type { FastifyInstance } from "fastify";
import type { Registry } from "prom-client";
import type { HealthReport } from "./health.ts";
import type { Hosted } from "./hosted.ts";

/**
 * What an operator asks of a process: does it advance, is it ready, what does it count. A service that could not start
 * makes a process degraded and not ready; unhealthy, so that somebody starts it anew, only where nothing else runs: the
 * others are not to be ended for it.
 */
export async function operations(
  app: FastifyInstance,
  registry: Registry,
  hosted: () => readonly Hosted[],
): Promise<void> {
  const reports = () =>
    Object.fromEntries(hosted().map(({ definition, report }) => [definition.id, report()]));
  const failedOf = (services: Readonly<Record<string, HealthReport>>) =>
    Object.keys(services).filter((id) => services[id]?.failure !== undefined);
  app.get("/healthz", async (_request, reply) => {
    const services = reports();
    const failed = failedOf(services);
    const started = Object.values(services).filter(({ failure }) => failure === undefined);
    const healthy =
      (started.length > 0 || failed.length === 0) && started.every((service) => service.healthy);
    const degraded = Object.values(services).some((service) => service.degraded);
    return reply.code(healthy ? 200 : 503).send({ healthy, degraded, failed, services });
  });
  app.get("/readyz", async (_request, reply) => {
    const services = reports();
    const ready = Object.values(services).every((service) => service.ready);
    return reply.code(ready ? 200 : 503).send({ ready, failed: failedOf(services), services });
  });
  app.get("/metrics", async (_request, reply) =>
    reply.type(registry.contentType).send(await registry.metrics()),
  );
}
