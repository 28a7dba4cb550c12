import { create } from "@bufbuild/protobuf";
import { GetRequestSchema, type IdentityInit } from "@orrery/schema/state/v1";
import type { Call, Host } from "@orrery/service";
import { getOne } from "../../services/state-manager/read/get-one.ts";

/** The service's own Get, without the calls' transport around it. */
export function handlerOf(host: Host): (id: IdentityInit) => Promise<unknown> {
  const kit = host.running()[0]?.kit;
  if (kit === undefined) throw new Error("no service runs");
  const call: Call = {
    kit,
    caller: { role: "service", id: "bench", scopes: [] },
    signal: new AbortController().signal,
    part: (part) => kit.part(part),
  };
  return (id) => getOne(create(GetRequestSchema, { worldId: "w", id: id as never }), call);
}
