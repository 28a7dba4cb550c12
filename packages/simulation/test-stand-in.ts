import type { DescMethodUnary, DescService, MessageInitShape, MessageShape } from "@bufbuild/protobuf";
import { type Call, defineService, type RpcBinding, type ServiceDefinition } from "@orrery/service";

/** Calls of a contract that a test answers itself. */
export type StandInMethods<S extends DescService> = {
  [K in keyof S["method"]]?: S["method"][K] extends DescMethodUnary<infer I, infer O>
    ? (request: MessageShape<I>, call: Call) => MessageInitShape<O> | Promise<MessageInitShape<O>>
    : never;
};

/** A service that answers some calls of a contract in the place of the one that does: for who asks it, in a test. */
export function standIn<S extends DescService>(
  id: string,
  contract: S,
  methods: StandInMethods<S>,
): ServiceDefinition {
  const handlers = methods as RpcBinding["handlers"];
  return defineService({
    id,
    summary: "Stands in for a service in a test.",
    rpc: [
      {
        service: contract,
        handlers: Object.fromEntries(
          contract.methods.map(({ localName }) => [localName, handlers[localName] ?? missing(id, localName)]),
        ),
      },
    ],
  });
}

const missing = (id: string, method: string) => () => {
  throw new Error(`the stand-in for ${id} has no ${method}`);
};
