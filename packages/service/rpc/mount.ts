import type { DescMethod, Message } from "@bufbuild/protobuf";
import {
  type ConnectRouter,
  createRouterTransport,
  type HandlerContext,
  type ServiceImpl,
  type Transport,
} from "@connectrpc/connect";
import { SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import type { Kit, Part } from "../kit.ts";
import { LATENCY_BUCKETS_S } from "../telemetry.ts";
import { callerContext } from "../telemetry-spans.ts";
import { checkAccess } from "./access.ts";
import { readCaller } from "./caller.ts";
import { errorCodeOf, toConnectError } from "./errors.ts";
import type { Call, RpcBinding } from "./serve.ts";
import { checkTimes } from "./times.ts";

/** Adds a service's methods to a Connect router, each with access check, measures, trace and coded errors. */
export function mountRpc(router: ConnectRouter, bindings: readonly RpcBinding[], kit: Kit): void {
  const tracer = trace.getTracer(kit.service);
  const seconds = kit.metrics.histogram("orrery_rpc_seconds", "Time to answer a call", LATENCY_BUCKETS_S, [
    "method",
    "code",
  ]);

  function callOf(context: HandlerContext): Call {
    return {
      caller: readCaller(context.requestHeader),
      kit,
      signal: context.signal,
      part: <R>(part: Part<R>) => kit.part(part),
    };
  }

  function failed(method: DescMethod, error: unknown): unknown {
    const coded = toConnectError(error);
    if (errorCodeOf(coded) === "RPC_INTERNAL")
      kit.log.error({ err: error, method: method.name }, "call failed");
    return coded;
  }

  for (const { service, handlers } of bindings) {
    const implementation: Record<string, unknown> = {};
    for (const method of service.methods) {
      const name = `${service.typeName}/${method.name}`;
      const about = {
        kind: SpanKind.SERVER,
        attributes: { "rpc.system": "connect_rpc", "rpc.method": name },
      };
      const handler = handlers[method.localName] as (request: Message, call: Call) => unknown;
      const unary = (request: Message, context: HandlerContext) =>
        tracer.startActiveSpan(name, about, callerContext(context.requestHeader), async (span) => {
          const startMs = kit.clock.now();
          let code = "ok";
          try {
            const call = callOf(context);
            checkAccess(method, call.caller, request);
            checkTimes(method.input, request);
            return await handler(request, call);
          } catch (error) {
            code = errorCodeOf(error) ?? "RPC_INTERNAL";
            span.setStatus({ code: SpanStatusCode.ERROR, message: code });
            throw failed(method, error);
          } finally {
            seconds((kit.clock.now() - startMs) / 1000, { method: name, code });
            span.end();
          }
        });
      async function* streaming(request: Message, context: HandlerContext) {
        try {
          const call = callOf(context);
          checkAccess(method, call.caller, request);
          checkTimes(method.input, request);
          yield* handler(request, call) as AsyncIterable<Message>;
        } catch (error) {
          throw failed(method, error);
        }
      }
      implementation[method.localName] = method.methodKind === "unary" ? unary : streaming;
    }
    router.service(service, implementation as Partial<ServiceImpl<typeof service>>);
  }
}

/** The same methods without a network, for callers in this process. */
export function localTransport(bindings: readonly RpcBinding[], kit: Kit): Transport {
  return createRouterTransport((router) => mountRpc(router, bindings, kit));
}
