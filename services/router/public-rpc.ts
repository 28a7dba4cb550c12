import type { DescMethod, Message } from "@bufbuild/protobuf";
import {
  type ConnectRouter,
  createContextKey,
  createContextValues,
  type HandlerContext,
  type ContextValues,
} from "@connectrpc/connect";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { ANYONE, type Caller, type Kit, rpcOptions, toConnectError } from "@orrery/service";
import { Caller as CallerKind } from "@orrery/schema/orrery";
import { OrreryError } from "@orrery/wire";
import type { Edge } from "./edge.ts";
import { routerErrors } from "./errors.ts";
import { forwardStream, forwardUnary } from "./forward.ts";
import { refuse } from "./gate/refusal.ts";
import { checkSize, mostBytes } from "./methods.ts";
import { callerOf, type Claims } from "./tokens/claims.ts";
import { answerPlain, isPlain } from "./unary-http.ts";

/** Somebody whose call may go on to the method. */
interface Admitted {
  readonly caller: Caller;
  /** Undefined: nobody in particular. */
  readonly claims: Claims | undefined;
  /** To be called when the call has ended. */
  readonly end: () => void;
}

/** Every exposed method over HTTP (Connect, gRPC, gRPC-web), in the name of whoever the token says. */
export interface PublicRpc {
  /** Lets a call in or refuses it, by what its head says: nothing of its body has been read. */
  guard(app: FastifyInstance): void;
  routes(router: ConnectRouter): void;
  contextValues(request: FastifyRequest): ContextValues;
}

const ADMITTED = createContextKey<Admitted | undefined>(undefined);

export function publicRpc(kit: Kit, edge: Edge): PublicRpc {
  const admitted = new WeakMap<FastifyRequest, Admitted>();
  const { gate } = edge;

  /** @throws ROUTER_HOST, ROUTER_TOO_LARGE, ROUTER_TOKEN_*, ROUTER_RATE_LIMITED, ROUTER_CALLS_AT_ONCE */
  async function admit(method: DescMethod, request: FastifyRequest): Promise<Admitted> {
    const { authorization = "", origin, host, "content-length": length = "0" } = request.headers;
    if (!edge.names.isOrigin(origin, host))
      throw new OrreryError(routerErrors.ROUTER_HOST, { given: `origin ${origin}` });
    checkSize(method, Number(length));
    const address = edge.addressOf(request.raw);
    const bearer = authorization.replace(/^Bearer\s+/i, "");
    if (bearer === "" && rpcOptions(method).callers.includes(CallerKind.ANYONE)) {
      gate.stranger(address);
      return { caller: ANYONE, claims: undefined, end: () => {} };
    }
    const claims = await edge.identify(bearer, address);
    const end = gate.begin(claims, method.methodKind === "unary" ? "unary" : "stream");
    return { caller: callerOf(claims), claims, end };
  }

  /** @throws ROUTER_TOKEN_MISSING when nobody was let in */
  function admittedBy(context: HandlerContext): Admitted {
    const found = context.values.get(ADMITTED);
    if (found === undefined) throw new OrreryError(routerErrors.ROUTER_TOKEN_MISSING);
    return found;
  }

  function implement(method: DescMethod): unknown {
    if (method.methodKind === "server_streaming") {
      return async function* (request: Message, context: HandlerContext) {
        let running: ReturnType<typeof edge.streams.begin> | undefined;
        try {
          const { caller, claims } = admittedBy(context);
          running = claims && edge.streams.begin(claims);
          const given = running === undefined ? [context.signal] : [context.signal, running.signal];
          const signal = AbortSignal.any(given);
          yield* forwardStream(kit.directory, method as never, caller, request, signal);
        } catch (error) {
          throw toConnectError(running?.signal.aborted === true ? running.signal.reason : error);
        } finally {
          running?.end();
        }
      };
    }
    return async (request: Message, context: HandlerContext) => {
      try {
        const { caller } = admittedBy(context);
        return await forwardUnary(kit.directory, method as never, caller, request, context.signal);
      } catch (error) {
        throw toConnectError(error);
      }
    };
  }

  return {
    guard(app) {
      app.addHook("onRequest", async (request, reply) => {
        const method = edge.methods.get(request.url.slice(1).split("?", 1)[0] as string);
        if (method === undefined) return;
        try {
          const own = await admit(method, request);
          reply.raw.once("close", own.end);
          if (isPlain(method, request)) {
            void answerPlain(kit.directory, method, own.caller, request, reply);
            return reply;
          }
          admitted.set(request, own);
        } catch (error) {
          return refuse(request, reply, toConnectError(error));
        }
      });
    },
    routes(router) {
      for (const method of edge.methods.values())
        router.rpc(method as never, implement(method) as never, { readMaxBytes: mostBytes(method) });
    },
    contextValues: (request) => createContextValues().set(ADMITTED, admitted.get(request)),
  };
}
