import {
  ActRequest,
  ActResponse,
  type Entity,
  TravelRequest,
  TravelResponse,
  UpsertEntitiesRequest,
  UpsertEntitiesResponse,
  WorldService,
} from "@orrery/schema/world/v1";
import { type Call, pageAsked, serve } from "@orrery/service";
import { order } from "@orrery/simulation";
import type { DeepReadonly } from "@orrery/simulation/define";
import { OrreryError } from "@orrery/wire";
import { worldStateErrors } from "./errors.ts";
import { tradeCalls } from "./realm/trades/rpc.ts";
import { eventCalls } from "./realm/events/rpc.ts";
import { powerCalls } from "./realm/power-rpc.ts";
import { marketCalls } from "./realm/rpc.ts";
import { recordCalls } from "./record/rpc.ts";
import { regions } from "./regions/aggregate.ts";
import { shown } from "./regions/shown.ts";

const MOST_IDS = 500;

const look = (call: Call, worldId: string) => {
  const worlds = call.part(regions);
  return { state: worlds.state(worldId), census: worlds.derived(worldId).census };
};

export const rpc = serve(WorldService, {
  ...recordCalls,
  ...marketCalls,
  ...powerCalls,
  ...eventCalls,
  ...tradeCalls,
  upsertEntities: (request, call) =>
    order(call, call.part(regions), UpsertEntitiesRequest, UpsertEntitiesResponse, request),
  act(request, call) {
    const playerId = request.playerId === "" ? call.caller.id : request.playerId;
    return order(call, call.part(regions), ActRequest, ActResponse, { ...request, playerId });
  },
  travel(request, call) {
    const playerId = request.playerId === "" ? call.caller.id : request.playerId;
    return order(call, call.part(regions), TravelRequest, TravelResponse, { ...request, playerId });
  },
  getRegions({ worldId, regionIds }, call) {
    const { state, census } = look(call, worldId);
    const asked = regionIds.length === 0 ? state.regions.ids() : regionIds;
    return {
      regions: asked.map((regionId) => ({
        regionId,
        regionSeq: state.regions.get(regionId)?.seq ?? 0,
        entities: census.get(regionId)?.size ?? 0,
      })),
    };
  },
  getEntities({ worldId, entityIds }, call) {
    if (entityIds.length > MOST_IDS)
      throw new OrreryError(worldStateErrors.WORLD_TOO_MANY_ENTITIES, { given: `${entityIds.length} ids` });
    const { entities } = look(call, worldId).state;
    return { entities: entityIds.flatMap((id) => entities.get(id) ?? []).map(shown) };
  },
  queryEntities({ worldId, regionId, kind, placeId, ...asked }, call) {
    const { state, census } = look(call, worldId);
    const page = pageAsked(asked, ["entities", worldId, regionId, kind, placeId], ["text"]);
    const [from] = page.place ?? [""];
    const ids = regionId === "" ? state.entities.ids() : [...(census.get(regionId) ?? [])].sort();
    const found: DeepReadonly<Entity>[] = [];
    for (const id of ids) {
      const entity = id < from ? undefined : state.entities.get(id);
      if (entity === undefined) continue;
      if (kind !== 0 && entity.kind !== kind) continue;
      if (placeId !== "" && entity.placeId !== placeId) continue;
      if (found.push(entity) > page.size) break;
    }
    const next = found[page.size];
    return {
      entities: found.slice(0, page.size).map(shown),
      nextPageToken: page.next(next && [next.entityId]),
    };
  },
});
