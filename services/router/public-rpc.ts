import type { DescMethod, Message } from "@bufbuild/protobuf";
import type { ConnectRouter, HandlerContext } from "@connectrpc/connect";
import { ANYONE, type Caller, type Kit, rpcOptions, toConnectError } from "@orrery/service";
import { Caller as CallerKind } from "@orrery/schema/orrery";
import type { Edge } from "./edge.ts";
import { forwardStream, forwardUnary } from "./forward.ts";
import { checkSize } from "./methods.ts";
import { callerOf } from "./tokens/claims.ts";

/** Every exposed method over HTTP (Connect, gRPC, gRPC-web), in the name of whoever the token says. */
export function publicRpc(kit: Kit, edge: Edge): (router: ConnectRouter) => void {
  async function callerFor(method: DescMethod, context: HandlerContext): Promise<Caller> {
    const bearer = context.requestHeader.get("authorization")?.replace(/^Bearer\s+/i, "") ?? "";
    if (bearer === "" && rpcOptions(method).callers.includes(CallerKind.ANYONE)) return ANYONE;
    return callerOf(await edge.verify(bearer));
  }

  function implement(method: DescMethod): unknown {
    if (method.methodKind === "server_streaming") {
      return async function* (request: Message, context: HandlerContext) {
        try {
          const caller = await callerFor(method, context);
          yield* forwardStream(kit.directory, method as never, caller, request, context.signal);
        } catch (error) {
          throw toConnectError(error);
        }
      };
    }
    return async (request: Message, context: HandlerContext) => {
      try {
        checkSize(method, Number(context.requestHeader.get("content-length") ?? 0));
        const caller = await callerFor(method, context);
        return await forwardUnary(kit.directory, method as never, caller, request, context.signal);
      } catch (error) {
        throw toConnectError(error);
      }
    };
  }

  return (router) => {
    for (const method of edge.methods.values()) router.rpc(method as never, implement(method) as never);
  };
}
