import type { ListRequest, ListResponse } from "@orrery/schema/state/v1";
import type { Call } from "@orrery/service";
import type { InitOf } from "@orrery/wire";
import { collections } from "../collections/part.ts";
import { objects } from "../objects.ts";
import { listObjects } from "../read/list-objects.ts";
import { pageSizeOf, pageToken, readPageToken } from "../read/paging.ts";
import { scopeOf } from "../read/visible.ts";
import type { StateTables } from "../tables.ts";
import { headName } from "../write/ground.ts";

export async function list(request: ListRequest, call: Call): Promise<InitOf<typeof ListResponse>> {
  const { worldId, collection: name, owner, keyPrefix, asJson } = request;
  const collection = call.part(collections).get(worldId, name);
  const scope = scopeOf(call.caller, worldId, collection, owner, keyPrefix);
  const limit = pageSizeOf(request.pageSize);
  const query = ["list", scope.world, name, scope.owner, keyPrefix, scope.leastRead];
  const [seq, ...place] = readPageToken(query, request.pageToken) ?? [];
  const head = call.part(objects).ground.heads.get(headName(scope.world, name));
  if (head === undefined) return { seq: 0 };
  const asOf = Number(seq ?? head.seq);
  const after = place.length === 2 ? ([String(place[0]), String(place[1])] as const) : undefined;
  const db = call.kit.store.as<StateTables>();
  const page = await listObjects(db, scope, head.id, asOf, { fields: [], asJson }, after, limit);
  return {
    objects: [...page.objects],
    seq: asOf,
    nextPageToken: page.at === undefined ? "" : pageToken(query, [asOf, ...page.at]),
  };
}
