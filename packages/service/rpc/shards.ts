import { ShardService } from "@orrery/schema/simulation/v1";
import { OrreryError } from "@orrery/wire";
import { serviceErrors } from "../errors.ts";
import type { Part } from "../kit.ts";
import { type RpcBinding, serve } from "./serve.ts";

/** Answers other copies of the service, and other services, from the shards of its aggregates. */
export function serveShards(aggregates: readonly Part[]): RpcBinding {
  function partOf(name: string): Part {
    const part = aggregates.find((one) => one.name === name);
    if (part === undefined)
      throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, { given: `aggregate ${name}` });
    return part;
  }
  return serve(ShardService, {
    async askShard(request, { kit }) {
      return { answer: await partOf(request.aggregate).ask?.(kit, request) };
    },
    async askShards(request, { kit }) {
      return { answers: [...((await partOf(request.aggregate).askAll?.(kit, request)) ?? [])] };
    },
  });
}
