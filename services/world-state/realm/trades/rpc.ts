import {
  CommitTradeRequest,
  CommitTradeResponse,
  GiveRequest,
  GiveResponse,
  ReleaseTradeRequest,
  ReleaseTradeResponse,
  ReserveTradeRequest,
  ReserveTradeResponse,
  type WorldService,
} from "@orrery/schema/world/v1";
import type { Handlers } from "@orrery/service";
import { order } from "@orrery/simulation";
import { realm } from "../aggregate.ts";
import { holdingOf } from "./holdings.ts";
import { totalOf } from "./reserve.ts";

const HOUR_GS = 3_600;

export const tradeCalls: Pick<
  Handlers<typeof WorldService>,
  "quote" | "reserveTrade" | "commitTrade" | "releaseTrade" | "give" | "getHolding"
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
  give(request, call) {
    const playerId = request.playerId === "" ? call.caller.id : request.playerId;
    return order(call, call.part(realm), GiveRequest, GiveResponse, { ...request, playerId });
  },
  getHolding({ worldId, playerId }, call) {
    const worlds = call.part(realm);
    const held = holdingOf(worlds.state(worldId), playerId === "" ? call.caller.id : playerId);
    const goods = worlds.derived(worldId).valley?.goods ?? [];
    const named = (goodId: string) => goods.find(({ id }) => id === goodId);
    return {
      goods: [...held]
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .map(([goodId, quantity]) => ({
          ...{ goodId, quantity },
          name: named(goodId)?.name ?? goodId,
          unit: named(goodId)?.unit ?? "",
        })),
    };
  },
};
