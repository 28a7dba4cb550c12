import type { DescMethod, DescService } from "@bufbuild/protobuf";
import type { Break } from "./compare.ts";

export function* compareServices(was: DescService, is: DescService): Generator<Break> {
  for (const method of was.methods) {
    const field = `${was.typeName}.${method.name}`;
    const now = is.methods.find(({ name }) => name === method.name);
    if (now === undefined) {
      yield { field, rule: "RPC_NO_DELETE", was: "method", is: "absent" };
      continue;
    }
    const after = factsOf(now);
    for (const [rule, before] of factsOf(method))
      if (after.get(rule) !== before) yield { field, rule, was: before, is: after.get(rule) ?? "" };
  }
}

function factsOf({ proto, input, output, idempotency }: DescMethod): Map<string, string> {
  return new Map([
    ["RPC_SAME_REQUEST_TYPE", input.typeName],
    ["RPC_SAME_RESPONSE_TYPE", output.typeName],
    ["RPC_SAME_CLIENT_STREAMING", proto.clientStreaming ? "a stream" : "one message"],
    ["RPC_SAME_SERVER_STREAMING", proto.serverStreaming ? "a stream" : "one message"],
    ["RPC_SAME_IDEMPOTENCY_LEVEL", String(idempotency)],
  ]);
}
