import { HookService, type HookHeader } from "@orrery/schema/router/v1";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { type Kit, toConnectError } from "@orrery/service";
import { codeToHttpStatus } from "@connectrpc/connect/protocol-connect";
import { bucketTable } from "../bucket-table.ts";
import type { RouterConfig } from "../config.ts";
import type { Edge } from "../edge.ts";
import { routerErrors } from "../errors.ts";
import { LIMITS } from "../limits.ts";

/** What is for this door alone, or says inside who a caller is: it is not handed on. */
const KEPT_BACK: ReadonlySet<string> = new Set([
  "authorization",
  "cookie",
  "connection",
  "orrery-caller",
  "orrery-scopes",
  "orrery-worlds",
  "orrery-deployment",
]);

type Params = { readonly service: string; readonly name: string };

/**
 * What programs elsewhere tell a service: `POST /hooks/<service>/<name>`. It is handed on as it came, byte for byte and
 * unread, to services that take such things; who sent it is for them to find out. Host, size and rate are looked at here.
 */
export async function hookDoor(app: FastifyInstance, kit: Kit<RouterConfig>, edge: Edge): Promise<void> {
  const { hooksPerS } = kit.config;
  const senders = bucketTable({ perS: hooksPerS, burst: 2 * hooksPerS });
  await app.register(async (own) => {
    own.removeAllContentTypeParsers();
    own.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
    own.addHook("onRequest", async (request, reply) => {
      const waitMs = senders.take(edge.addressOf(request.raw), kit.clock.now());
      if (waitMs > 0)
        return reply
          .code(429)
          .header("retry-after", Math.ceil(waitMs / 1_000))
          .send({ error: routerErrors.ROUTER_RATE_LIMITED.code });
    });
    own.post<{ Params: Params }>(
      "/hooks/:service/:name",
      { bodyLimit: LIMITS.hookBytes },
      async (request, reply) => {
        const { service, name } = request.params;
        if (!takesHooks(kit, service))
          return reply.code(404).send({ error: `${routerErrors.ROUTER_NO_HOOK.code}: ${service}` });
        try {
          const caller = { role: "service", id: kit.service, scopes: [] } as const;
          const { status, message } = await kit.directory.clientOf(service, HookService, caller).deliver({
            name,
            headers: headersOf(request),
            body: Buffer.isBuffer(request.body) ? request.body : new Uint8Array(),
            address: edge.addressOf(request.raw),
          });
          return reply.code(status >= 200 && status < 600 ? status : 502).send({ message });
        } catch (error) {
          const coded = toConnectError(error);
          kit.log.warn({ err: error, service, name }, "a hook was not delivered");
          return reply.code(codeToHttpStatus(coded.code)).send({ error: coded.rawMessage });
        }
      },
    );
  });
}

const takesHooks = (kit: Kit, id: string): boolean =>
  kit.directory
    .served()
    .some(({ serviceId, service }) => serviceId === id && service.typeName === HookService.typeName);

const headersOf = ({ headers }: FastifyRequest): Pick<HookHeader, "name" | "value">[] =>
  Object.entries(headers)
    .filter(([name]) => !KEPT_BACK.has(name))
    .slice(0, LIMITS.hookHeaders)
    .map(([name, value]) => ({ name, value: Array.isArray(value) ? value.join(", ") : (value ?? "") }));
