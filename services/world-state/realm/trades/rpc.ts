import {
  CommitTradeRequest,
  CommitTradeResponse,
  ReleaseTradeRequest,
  ReleaseTradeResponse,
  ReserveTradeRequest,
  ReserveTradeResponse,
  type WorldService,
} from "@orrery/schema/world/v1";
import type { Handlers } from "@orrery/service";
import { order } from "@orrery/simulation";
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
  reserveTrade: (request, call) =>
    order(call, call.part(realm), ReserveTradeRequest, ReserveTradeResponse, request),
  commitTrade: (request, call) =>
    order(call, call.part(realm), CommitTradeRequest, CommitTradeResponse, request),
  releaseTrade: (request, call) =>
    order(call, call.part(realm), ReleaseTradeRequest, ReleaseTradeResponse, request),
};
