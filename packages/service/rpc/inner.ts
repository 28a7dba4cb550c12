import { timingSafeEqual } from "node:crypto";
import { fastifyConnectPlugin } from "@connectrpc/connect-fastify";
import type { FastifyInstance } from "fastify";
import { OrreryError } from "@orrery/wire";
import { serviceErrors } from "../errors.ts";
import type { Hosted } from "../hosted.ts";
import { DEPLOYMENT_HEADER } from "./caller.ts";
import { mountRpc } from "./mount.ts";

const KEY_LENGTH = 16;

/** One service of a process on a path of its own: several may answer the same contract. */
export const servicePath = (serviceId: string) => `/services/${serviceId}`;

/**
 * Calls between the processes of one deployment. They name their caller themselves, so whoever calls must hold
 * the deployment's key; everybody else is answered 403.
 * @throws SERVICE_DEPLOYMENT_KEY
 */
export async function innerRpc(app: FastifyInstance, hosted: readonly Hosted[], key: string): Promise<void> {
  if (key.length < KEY_LENGTH) throw new OrreryError(serviceErrors.SERVICE_DEPLOYMENT_KEY);
  const expected = Buffer.from(key);
  for (const { definition, method } of hosted) {
    await app.register(
      async (own) => {
        own.addHook("onRequest", async (request, reply) => {
          const given = Buffer.from(String(request.headers[DEPLOYMENT_HEADER] ?? ""));
          if (given.length !== expected.length || !timingSafeEqual(given, expected))
            await reply.code(403).send({ error: "calls between services need the deployment's key" });
        });
        await own.register(fastifyConnectPlugin, {
          routes: (router) => mountRpc(router, definition.rpc, method),
        });
      },
      { prefix: servicePath(definition.id) },
    );
  }
}
