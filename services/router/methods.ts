import type { DescMethod } from "@bufbuild/protobuf";
import { services } from "@orrery/schema/registry";
import { Caller as CallerKind } from "@orrery/schema/orrery";
import { rpcOptions } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { routerErrors } from "./errors.ts";

const OUTSIDE: readonly CallerKind[] = [CallerKind.PLAYER, CallerKind.ADMIN, CallerKind.ANYONE];

/** Methods that someone outside may call, by `package.Service/Method`. */
export function exposedMethods(): ReadonlyMap<string, DescMethod> {
  const methods = services.flatMap((service) => service.methods);
  const open = methods.filter((method) =>
    rpcOptions(method).callers.some((caller) => OUTSIDE.includes(caller)),
  );
  return new Map(open.map((method) => [`${method.parent.typeName}/${method.name}`, method]));
}

/** @throws ROUTER_NO_METHOD */
export function findMethod(methods: ReadonlyMap<string, DescMethod>, name: string): DescMethod {
  const method = methods.get(name.replace(/^\//, ""));
  if (method === undefined) throw new OrreryError(routerErrors.ROUTER_NO_METHOD, { given: name });
  return method;
}

const DEADLINE_MS = 2_000;
const LONGEST_DEADLINE_MS = 10_000;

export function deadlineOf(method: DescMethod): number {
  return Math.min(rpcOptions(method).deadlineMs || DEADLINE_MS, LONGEST_DEADLINE_MS);
}

const LARGEST_REQUEST = 65_536;

/** Bytes of a request, as sent and as unpacked. */
export const mostBytes = (method: DescMethod): number => rpcOptions(method).maxBytes || LARGEST_REQUEST;

/** @throws ROUTER_TOO_LARGE */
export function checkSize(method: DescMethod, bytes: number): void {
  const most = mostBytes(method);
  if (bytes > most)
    throw new OrreryError(routerErrors.ROUTER_TOO_LARGE, { given: `${bytes} bytes, at most ${most}` });
}
