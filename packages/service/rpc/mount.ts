import type { DescMethod, Message } from "@bufbuild/protobuf";
import {
  Code,
  ConnectError,
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
import { type Caller, readCaller } from "./caller.ts";
import { directUnary, within } from "./direct.ts";
import { errorCodeOf, isFault, toConnectError } from "./errors.ts";
import type { CallLoad } from "./load.ts";
import type { Call, RpcBinding } from "./serve.ts";
import { checkTimes } from "./times.ts";

/** As much of a call's surroundings as methods look at; who calls stands in the headers unless it is given. */
type Around = Pick<HandlerContext, "requestHeader" | "signal"> & { readonly caller?: Caller };
export type UnaryMethod = (request: Message, around: Around) => Promise<unknown>;
export type StreamingMethod = (request: Message, around: Around) => AsyncIterable<unknown>;
export type Method = UnaryMethod | StreamingMethod;
export type Methods = ReadonlyMap<DescMethod, Method>;

/** Methods by their descriptor, each with access check, measures, trace and coded errors. */
export function methodsOf(bindings: readonly RpcBinding[], kit: Kit, load: CallLoad): Methods {
  const tracer = trace.getTracer(kit.service);
  const seconds = kit.metrics.histogram("orrery_rpc_seconds", "Time to answer a call", LATENCY_BUCKETS_S, [
    "method",
    "code",
  ]);

  function callOf(context: Around): Call {
    return {
      caller: context.caller ?? readCaller(context.requestHeader),
      kit,
      signal: context.signal,
      part: <R>(part: Part<R>) => kit.part(part),
    };
  }

  function failed(method: DescMethod, error: unknown, caller: AbortSignal): unknown {
    // Whoever asked has gone (a page that was closed): what comes of that is nobody's failure.
    if (caller.aborted) {
      kit.log.debug({ err: error, method: method.name }, "whoever called has gone");
      return ConnectError.from(caller.reason, Code.Canceled);
    }
    const coded = toConnectError(error);
    if (errorCodeOf(coded) === "RPC_INTERNAL")
      kit.log.error({ err: error, method: method.name }, "call failed");
    return coded;
  }

  const methods = new Map<DescMethod, Method>();
  for (const { service, handlers } of bindings) {
    for (const method of service.methods) {
      const name = `${service.typeName}/${method.name}`;
      const about = {
        kind: SpanKind.SERVER,
        attributes: { "rpc.system": "connect_rpc", "rpc.method": name },
      };
      const handler = handlers[method.localName] as (request: Message, call: Call) => unknown;
      const unary: UnaryMethod = (request, context) =>
        tracer.startActiveSpan(name, about, callerContext(context.requestHeader), async (span) => {
          const startMs = kit.clock.now();
          const ended = load.begin();
          let code = "ok";
          let fault = false;
          try {
            const call = callOf(context);
            checkAccess(method, call.caller, request);
            checkTimes(method.input, request);
            return await handler(request, call);
          } catch (error) {
            code = errorCodeOf(error) ?? "RPC_INTERNAL";
            fault = isFault(error) && !context.signal.aborted;
            span.setStatus({ code: SpanStatusCode.ERROR, message: code });
            throw failed(method, error, context.signal);
          } finally {
            const tookMs = kit.clock.now() - startMs;
            ended(tookMs, fault);
            seconds(tookMs / 1000, { method: name, code });
            span.end();
          }
        });
      async function* streaming(request: Message, context: Around) {
        try {
          const call = callOf(context);
          checkAccess(method, call.caller, request);
          checkTimes(method.input, request);
          yield* handler(request, call) as AsyncIterable<Message>;
        } catch (error) {
          throw failed(method, error, context.signal);
        }
      }
      methods.set(method, method.methodKind === "unary" ? unary : streaming);
    }
  }
  return methods;
}

/** Adds services' methods to a Connect router; each call asks for the method as it runs then. */
export function mountRpc(
  router: ConnectRouter,
  bindings: readonly RpcBinding[],
  methodNow: (method: DescMethod) => Method | undefined,
): void {
  for (const { service } of bindings) {
    const own = service.methods.map((method) => [method.localName, latest(method, methodNow)]);
    router.service(service, Object.fromEntries(own) as Partial<ServiceImpl<typeof service>>);
  }
}

function latest(method: DescMethod, methodNow: (method: DescMethod) => Method | undefined): Method {
  if (method.methodKind === "unary")
    return async (request, context) => (methodNow(method) as UnaryMethod)(request, context);
  return async function* (request: Message, context: Around) {
    yield* (methodNow(method) as StreamingMethod)(request, context);
  };
}

/** The same methods without a network, for callers in this process. */
export function localTransport(bindings: readonly RpcBinding[], methods: Methods): LocalTransport {
  const through = createRouterTransport((router) =>
    mountRpc(router, bindings, (method) => methods.get(method)),
  );
  return {
    ...through,
    unary: directUnary(methods, through),
    handOver(method) {
      const call =
        method.methodKind === "unary" ? (methods.get(method) as UnaryMethod | undefined) : undefined;
      if (call === undefined) return undefined;
      return (caller, request, signal, timeoutMs) =>
        within(timeoutMs, signal, (stop) =>
          call(request, { caller, requestHeader: NO_HEADERS, signal: stop }),
        );
    },
  };
}

const NO_HEADERS = new Headers();

export interface LocalTransport extends Transport {
  /** A method of this process for who hands its request over and writes the answer down at once: nothing is copied. */
  handOver(method: DescMethod): HandOver | undefined;
}

export type HandOver = (
  caller: Caller,
  request: Message,
  signal: AbortSignal,
  timeoutMs: number,
) => Promise<unknown>;
