import { EdgeService, TokenService } from "@orrery/schema/router/v1";
import { ByeReason } from "@orrery/schema/router/v1";
import { type Call, pageAsked, serve } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { edge } from "./edge.ts";
import { endedWorlds } from "./ended-worlds.ts";
import { routerErrors } from "./errors.ts";
import { CLOSE } from "./socket/bye.ts";
import type { Issuer } from "./tokens/issuer.ts";
import { routeRpc } from "./routes/rpc.ts";
import { worlds, worldSnapshot } from "./worlds.ts";

/** @throws ROUTER_TOKEN_SIGNATURE where tokens come from elsewhere */
function issuerOf(call: Call): Issuer {
  const { issuer } = call.part(edge);
  if (issuer === undefined)
    throw new OrreryError(routerErrors.ROUTER_TOKEN_SIGNATURE, { given: "no issuer runs here" });
  return issuer;
}

export const rpc = [
  worldSnapshot,
  routeRpc,
  serve(TokenService, {
    async issue(applicant, call) {
      const issued = await issuerOf(call).issue(applicant);
      return { ...issued, scopes: [...issued.scopes] };
    },
    async refresh({ refreshToken }, call) {
      const { token, refreshToken: next, expiresMs } = await issuerOf(call).refresh(refreshToken);
      return { token, refreshToken: next, expiresMs };
    },
    async rotateKey(_request, call) {
      const key = await call.part(edge).rotateKey();
      call.kit.log.warn({ by: call.caller.id }, "the operators' key is another one now");
      return { key };
    },
    async revoke({ playerId }, call) {
      return { sessions: await call.part(edge).revoke(playerId || call.caller.id) };
    },
  }),
  serve(EdgeService, {
    listSessions(request, call) {
      const page = pageAsked(request, "sessions", ["text"]);
      const [after] = page.place ?? [""];
      const sessions = call
        .part(edge)
        .connections()
        .map(({ session }) => session)
        .filter((session) => session !== undefined)
        .filter(({ id }) => id > after)
        .sort((one, other) => (one.id < other.id ? -1 : 1));
      const here = sessions.slice(0, page.size);
      const last = here.at(-1);
      return {
        sessions: here.map((session) => ({
          sessionId: session.id,
          playerId: session.player,
          deviceId: session.device,
          worldId: session.world,
          engine: session.hello.engine,
          engineVersion: session.hello.engineVersion,
          platform: session.hello.platform,
          tier: session.tier,
          connectedMs: session.connectedMs,
          queueEvents: session.queue.events,
          queueBytes: session.queue.bytes,
          oldestMs: Number.isFinite(session.queue.oldestMs())
            ? call.kit.clock.now() - session.queue.oldestMs()
            : 0,
          sent: session.sent,
          coalesced: session.queue.coalesced,
          bytes: session.bytes,
          subscriptions: session.interests().length,
        })),
        nextPageToken: page.next(sessions.length > here.length && last ? [last.id] : undefined),
      };
    },
    kick({ sessionId, note }, call) {
      const connection = call
        .part(edge)
        .connections()
        .find(({ session }) => session?.id === sessionId);
      connection?.close({
        reason: ByeReason.KICKED,
        close: CLOSE.kicked,
        code: "",
        message: note || "An operator ended the connection",
        retryAfterMs: 0,
      });
      call.kit.log.info({ sessionId, note, by: call.caller.id }, "session kicked");
      return { kicked: connection !== undefined };
    },
    listServices: async (_request, call) => ({
      services: await Promise.all(
        call.kit.peers().map(async ({ id, summary, publishes, subscribes, report }) => {
          const { healthy, ready, checks, facts, failure } = await report();
          const problems = checks.flatMap((check) =>
            "problem" in check ? [`${check.name}: ${check.problem}`] : [],
          );
          return {
            serviceId: id,
            summary,
            healthy,
            ready,
            problems,
            facts,
            publishes: [...publishes],
            subscribes: [...subscribes],
            ...(failure && { failure }),
          };
        }),
      ),
    }),
    listWorlds: (_request, { part, caller }) => ({
      worlds: part(worlds)
        .list()
        .filter(({ worldId }) => caller.worlds?.includes(worldId) ?? true)
        .filter(({ worldId }) => !part(endedWorlds).has(worldId)),
    }),
  }),
];
