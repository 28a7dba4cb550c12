import { type DescMethod, getOption, type Message } from "@bufbuild/protobuf";
import { Caller as CallerKind, rpc, type RpcOptions } from "@orrery/schema/orrery";
import { OrreryError } from "@orrery/wire";
import { serviceErrors } from "../errors.ts";
import type { Caller } from "./caller.ts";
import { worldsIn } from "./worlds.ts";

/** What a method declares of itself; nothing declared means nobody may call. */
export function rpcOptions(method: DescMethod): RpcOptions {
  let options = known.get(method);
  if (options === undefined) known.set(method, (options = getOption(method, rpc)));
  return options;
}

/** Reading an option decodes it, which costs more than most calls do. */
const known = new WeakMap<DescMethod, RpcOptions>();

const KIND: Record<Caller["role"], CallerKind> = {
  player: CallerKind.PLAYER,
  service: CallerKind.SERVICE,
  admin: CallerKind.ADMIN,
  anyone: CallerKind.ANYONE,
};

function checkWorlds(method: DescMethod, { worlds }: Caller, request: Message): void {
  if (worlds === undefined) return;
  for (const world of worldsIn(method.input, request)) {
    if (worlds.includes(world)) continue;
    // A request that leaves the world empty asks about all of them.
    const given = `${JSON.stringify(world)} on ${method.parent.typeName}/${method.name}`;
    throw new OrreryError(serviceErrors.RPC_WORLD_REFUSED, { given });
  }
}

/**
 * Holds a call against the declaration of its method. Used by the edge and, again, by the service itself.
 * @throws RPC_CALLER_REFUSED, RPC_SCOPE_MISSING, RPC_NOT_SELF, RPC_WORLD_REFUSED
 */
export function checkAccess(method: DescMethod, caller: Caller, request: Message): void {
  const options = rpcOptions(method);
  const open = options.callers.includes(CallerKind.ANYONE);
  const name = `${method.parent.typeName}/${method.name}`;
  if (!open && !options.callers.includes(KIND[caller.role])) {
    throw new OrreryError(serviceErrors.RPC_CALLER_REFUSED, { given: `${caller.role} on ${name}` });
  }
  if (options.scope !== "" && caller.role !== "admin" && !caller.scopes.includes(options.scope)) {
    throw new OrreryError(serviceErrors.RPC_SCOPE_MISSING, { given: `${options.scope} for ${name}` });
  }
  checkWorlds(method, caller, request);
  if (options.self !== "" && caller.role === "player") {
    const field = method.input.fields.find((candidate) => candidate.name === options.self);
    const value =
      field === undefined ? undefined : (request as unknown as Record<string, unknown>)[field.localName];
    if (value !== caller.id && value !== "") {
      throw new OrreryError(serviceErrors.RPC_NOT_SELF, { given: `${options.self} of ${name}` });
    }
  }
}
