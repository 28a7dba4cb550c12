import type { HistoryRequest, HistoryResponse } from "@orrery/schema/state/v1";
import { type Call, pageAsked } from "@orrery/service";
import type { InitOf } from "@orrery/wire";
import { objects } from "../objects.ts";
import { changeOf } from "../read/change-message.ts";
import { ownObject } from "../read/own-object.ts";
import type { StateTables } from "../tables.ts";

export async function history(request: HistoryRequest, call: Call): Promise<InitOf<typeof HistoryResponse>> {
  const { ref, id } = await ownObject(call, request.worldId, request.id);
  const { oldestFirst } = request;
  const page = pageAsked(request, ["history", id, oldestFirst], ["number"]);
  let rows = call.kit.store
    .as<StateTables>()
    .selectFrom("change")
    .selectAll()
    .where("object", "=", id)
    .orderBy("seq", oldestFirst ? "asc" : "desc")
    .limit(page.size);
  if (page.place !== undefined) rows = rows.where("seq", oldestFirst ? ">" : "<", page.place[0]);
  const found = await rows.execute();
  const { ground } = call.part(objects);
  const about = { world: ref.world, collection: ref.collection.name, owner: ref.owner, key: ref.key };
  const last = found.at(-1);
  return {
    changes: found.map((row) => changeOf(row, about, ground)),
    nextPageToken: page.next(found.length < page.size || last === undefined ? undefined : [Number(last.seq)]),
  };
}
