import { create, type DescMethod, type Message } from "@bufbuild/protobuf";
import type { Transport } from "@connectrpc/connect";
import { ProjectionService, type RebuildProjectionRequest } from "@orrery/schema/simulation/v1";
import { type Caller, callerHeaders, checkAccess, type Directory, rpcOptions } from "@orrery/service";
import { deadlineOf } from "./methods.ts";

/** Puts the calling player into the field that must name it, when it was left empty. */
function fillSelf(method: DescMethod, caller: Caller, request: Message): void {
  const { self } = rpcOptions(method);
  const field = self === "" ? undefined : method.input.fields.find((candidate) => candidate.name === self);
  if (field === undefined || caller.role !== "player") return;
  const record = request as unknown as Record<string, unknown>;
  if (record[field.localName] === "") record[field.localName] = caller.id;
}

/**
 * Hands an outside call to the service that answers it, in the caller's name.
 * @throws RPC_CALLER_REFUSED, RPC_SCOPE_MISSING, RPC_NOT_SELF, RPC_NO_SERVICE, and what the service throws
 */
export async function forwardUnary(
  directory: Directory,
  method: DescMethod & { methodKind: "unary" },
  caller: Caller,
  request: Message,
  signal: AbortSignal,
): Promise<Message> {
  const handOver = directory.handOver(method);
  if (handOver === undefined) {
    const transport = open(directory, method, caller, request);
    const header = callerHeaders(caller);
    const { message } = await transport.unary(method, signal, deadlineOf(method), header, request as never);
    return message;
  }
  fillSelf(method, caller, request);
  // The method holds the call against its declaration itself. Who asked owns the request, and writes the answer at once.
  const answer = await handOver(caller, request, signal, deadlineOf(method));
  return create(method.output, answer as never);
}

export async function* forwardStream(
  directory: Directory,
  method: DescMethod & { methodKind: "server_streaming" },
  caller: Caller,
  request: Message,
  signal: AbortSignal,
): AsyncGenerator<Message> {
  const transport = open(directory, method, caller, request);
  async function* one() {
    yield request as never;
  }
  const { message } = await transport.stream(method, signal, undefined, callerHeaders(caller), one());
  yield* message;
}

function open(directory: Directory, method: DescMethod, caller: Caller, request: Message): Transport {
  fillSelf(method, caller, request);
  checkAccess(method, caller, request);
  // Each service that has read models answers it.
  return method.parent.typeName === ProjectionService.typeName
    ? directory.transportOf((request as RebuildProjectionRequest).serviceId, ProjectionService)
    : directory.transport(method.parent);
}
