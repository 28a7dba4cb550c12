import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Edge } from "../edge.ts";

/** The console's page loads only what comes from here, and stands in no frame of another page. */
const POLICY = [
  "default-src 'self'",
  "img-src 'self' data: blob:",
  "style-src 'self' 'unsafe-inline'",
  "connect-src 'self' ws: wss:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const HEADERS = {
  "content-security-policy": POLICY,
  "x-frame-options": "DENY",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
} as const;

/** What holds for every request of the one port, whatever it asks for. */
export function harden(app: FastifyInstance, { names, addressOf, identify, isOperatorKey }: Edge): void {
  async function isOperator({ headers: { authorization = "" }, raw }: FastifyRequest): Promise<boolean> {
    const bearer = authorization.replace(/^Bearer\s+/i, "");
    if (bearer === "") return false;
    if (isOperatorKey(bearer)) return true;
    const claims = await identify(bearer, addressOf(raw)).catch(() => undefined);
    return claims?.role === "admin";
  }

  app.addHook("onRequest", async (request, reply) => {
    reply.headers(HEADERS);
    if (!names.isHost(request.headers.host))
      return reply
        .code(421)
        .header("connection", "close")
        .send({
          error: `ROUTER_HOST: ${request.headers.host ?? "no host"} is not a name of this world; see ROUTER_HOSTS`,
        });
    if (request.url.split("?", 1)[0] === "/metrics" && !(await isOperator(request)))
      return reply.code(401).header("www-authenticate", "Bearer").send({
        error: "measures are for operators: send their key or an admin's token as `Authorization: Bearer …`",
      });
  });
}
