import {
  CommitTradeRequest,
  CommitTradeResponse,
  ReleaseTradeRequest,
  ReleaseTradeResponse,
  ReserveTradeRequest,
  ReserveTradeResponse,
  type WorldService,
} from "@orrery/schema/world/v1";
import { callerName, type Handlers } from "@orrery/service";
import { realm } from "../aggregate.ts";
import { totalOf } from "./reserve.ts";

const HOUR_GS = 3_600;

export const tradeCalls: Pick<
  Handlers<typeof WorldService>,
  "quote" | "reserveTrade" | "commitTrade" | "releaseTrade"
> = {
  quote({ worldId, ...asked }, call) {
    const worlds = call.part(realm);
    const state = worlds.state(worldId);
    const { total } = totalOf(state, worlds.derived(worldId), asked);
    return { total, validUntilGs: state.root.hourGs + HOUR_GS };
  },
  async reserveTrade(request, call) {
    const terms = { caller: callerName(call.caller), idempotencyKey: request.idempotencyKey };
    const worlds = call.part(realm);
    return (await worlds.command(request.worldId, ReserveTradeRequest, ReserveTradeResponse, request, terms))
      .reply;
  },
  async commitTrade(request, call) {
    const terms = { caller: callerName(call.caller), idempotencyKey: request.idempotencyKey };
    const worlds = call.part(realm);
    return (await worlds.command(request.worldId, CommitTradeRequest, CommitTradeResponse, request, terms))
      .reply;
  },
  async releaseTrade(request, call) {
    const terms = { caller: callerName(call.caller), idempotencyKey: request.idempotencyKey };
    const worlds = call.part(realm);
    return (await worlds.command(request.worldId, ReleaseTradeRequest, ReleaseTradeResponse, request, terms))
      .reply;
  },
};
