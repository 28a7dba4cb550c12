import type { FastifyInstance } from "fastify";
import type { Registry } from "prom-client";
import type { RunningService } from "./lifecycle.ts";

/** What an operator asks of a process: does it advance, is it ready, what does it count. */
export async function operations(
  app: FastifyInstance,
  registry: Registry,
  running: () => readonly RunningService[],
): Promise<void> {
  const reports = () =>
    Object.fromEntries(running().map((service) => [service.definition.id, service.health.report()]));
  app.get("/healthz", async (_request, reply) => {
    const services = reports();
    const healthy = Object.values(services).every((service) => service.healthy);
    const degraded = Object.values(services).some((service) => service.degraded);
    return reply.code(healthy ? 200 : 503).send({ healthy, degraded, services });
  });
  app.get("/readyz", async (_request, reply) => {
    const services = reports();
    const ready = Object.values(services).every((service) => service.ready);
    return reply.code(ready ? 200 : 503).send({ ready, services });
  });
  app.get("/metrics", async (_request, reply) =>
    reply.type(registry.contentType).send(await registry.metrics()),
  );
}
