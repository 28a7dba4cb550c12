import type { ListRequest, ListResponse } from "@orrery/schema/state/v1";
import { type Call, pageAsked } from "@orrery/service";
import type { InitOf } from "@orrery/wire";
import { collections } from "../collections/part.ts";
import { objects } from "../objects.ts";
import { listObjects } from "../read/list-objects.ts";
import { scopeOf } from "../read/visible.ts";
import type { StateTables } from "../tables.ts";
import { headName } from "../write/ground.ts";

export async function list(request: ListRequest, call: Call): Promise<InitOf<typeof ListResponse>> {
  const { worldId, collection: name, owner, keyPrefix, asJson } = request;
  const collection = call.part(collections).get(worldId, name);
  const scope = scopeOf(call.caller, worldId, collection, owner, keyPrefix);
  const query = ["list", scope.world, name, scope.owner, keyPrefix, scope.leastRead];
  const page = pageAsked(request, query, ["number", "text", "text"]);
  const { ground } = call.part(objects);
  const head = ground.heads.get(headName(scope.world, name));
  if (head === undefined) return { seq: 0 };
  const asOf = page.place?.[0] ?? Number(head.seq);
  const after = page.place && ([page.place[1], page.place[2]] as const);
  const db = call.kit.store.as<StateTables>();
  const found = await listObjects(
    db,
    scope,
    ground.lineage.levels(head.id),
    asOf,
    { fields: [], asJson },
    after,
    page.size,
  );
  return {
    objects: [...found.objects],
    seq: asOf,
    nextPageToken: page.next(found.at && [asOf, ...found.at]),
  };
}
