import { ShardService } from "@orrery/schema/simulation/v1";
import { OrreryError } from "@orrery/wire";
import { serviceErrors } from "../errors.ts";
import type { Part } from "../kit.ts";
import { type RpcBinding, serve } from "./serve.ts";

/** Answers other copies of the service from the shards that are here. */
export function serveShards(parts: readonly Part[]): RpcBinding {
  const known = new Map(parts.map((part) => [part.name, part]));
  return serve(ShardService, {
    async askShard(request, { kit }) {
      const ask = known.get(request.aggregate)?.ask;
      if (ask === undefined)
        throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, {
          given: `aggregate ${request.aggregate} of ${kit.service}`,
        });
      return { answer: await ask(kit, request) };
    },
  });
}
