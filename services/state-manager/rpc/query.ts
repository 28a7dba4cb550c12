import { Buffer } from "node:buffer";
import type { QueryRequest, QueryResponse, Value as ValueMessage } from "@orrery/schema/state/v1";
import { type Call, pageAsked, serviceErrors } from "@orrery/service";
import { type InitOf, OrreryError } from "@orrery/wire";
import { collections } from "../collections/part.ts";
import { objects } from "../objects.ts";
import { queryObjects } from "../read/query-objects.ts";
import { scopeOf } from "../read/visible.ts";
import type { StateTables } from "../tables.ts";
import { fromMessage } from "../value/message.ts";
import { headName } from "../write/ground.ts";
import { sortKey } from "../write/sort-key.ts";

function boundOf(name: string, value: ValueMessage | undefined): Buffer | undefined {
  if (value === undefined) return undefined;
  const key = sortKey(fromMessage(value));
  if (key === undefined)
    throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, { given: `${name}: a bool, number or text` });
  return key;
}

export async function query(request: QueryRequest, call: Call): Promise<InitOf<typeof QueryResponse>> {
  const { worldId, collection: name, owner, descending, asJson } = request;
  const collection = call.part(collections).get(worldId, name);
  // What is indexed for everybody is asked for by everybody: a player who names no owner sees what is public.
  const { caller } = call;
  const asked = caller.role === "player" && owner === undefined ? "" : owner;
  const scope = scopeOf(caller, worldId, collection, asked, "");
  const open = caller.role === "player" && owner === undefined ? { ...scope, owner: undefined } : scope;
  const index = collection.indexPaths[collection.indexes.indexOf(request.path)];
  if (index === undefined)
    throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, {
      given: `path ${JSON.stringify(request.path)}: ${name} indexes ${collection.indexes.join(", ") || "nothing"}`,
    });
  const { slot: path, tokens } = index;
  const range = {
    path,
    tokens,
    from: boundOf("from", request.from),
    to: boundOf("to", request.to),
    descending,
  };
  const hex = (bound: Buffer | undefined) => bound?.toString("hex");
  const shape = [
    "query",
    open.world,
    name,
    request.path,
    path,
    hex(range.from),
    hex(range.to),
    descending,
    open.owner,
    open.leastRead,
  ];
  const page = pageAsked(request, shape, ["number", "text", "number"]);
  const { ground } = call.part(objects);
  const head = ground.heads.get(headName(open.world, name));
  if (head === undefined) return { seq: 0 };
  const [seq, sort = "", object = 0] = page.place ?? [];
  const asOf = seq ?? Number(head.seq);
  const after = page.place && { sort: Buffer.from(sort, "hex"), object };
  const db = call.kit.store.as<StateTables>();
  const levels = ground.lineage.levels(head.id);
  const found = await queryObjects(db, open, levels, asOf, range, { fields: [], asJson }, after, page.size);
  return {
    objects: [...found.objects],
    seq: asOf,
    nextPageToken: page.next(found.at && [asOf, hex(found.at.sort) ?? "", found.at.object]),
  };
}
