import {
  type CheckCollectionsRequest,
  type CheckCollectionsResponse,
  type GetCollectionsRequest,
  type GetCollectionsResponse,
  type GetQuotaRequest,
  type GetQuotaResponse,
  type ListConflictsResponse,
  Scope,
} from "@orrery/schema/state/v1";
import type { Call } from "@orrery/service";
import type { InitOf } from "@orrery/wire";
import { type Kysely, sql } from "kysely";
import { packs } from "../collections/packs.ts";
import { collections } from "../collections/part.ts";
import { CHARACTERS } from "../collections/standard.ts";
import { conflicts } from "../conflicts.ts";
import { type Lineage, withInherited } from "../fork/lineage.ts";
import { objects } from "../objects.ts";
import type { StateTables } from "../tables.ts";
import { readPack } from "../collections/rows.ts";
import { type Head, headName } from "../write/ground.ts";
import { checkOwner, quotaName } from "../write/reference.ts";
import { PLATFORM } from "@orrery/wire";

export async function getCollections(
  { worldId }: GetCollectionsRequest,
  call: Call,
): Promise<InitOf<typeof GetCollectionsResponse>> {
  const { heads, lineage } = call.part(objects).ground;
  const db = call.kit.store.as<StateTables>();
  const counts = await db
    .selectFrom("tally")
    .select(({ fn }) => [
      "head",
      fn.sum<number>("objects").as("objects"),
      fn.sum<number>("bytes").as("bytes"),
    ])
    .groupBy("head")
    .execute();
  const pack = await readPack(db, worldId);
  const seen = new Map<string, { readonly objects: number; readonly bytes: number }>();
  for (const head of [...heads.values()].filter((own) => own.world === worldId))
    seen.set(head.collection, await inheritedCounts(db, lineage, head));
  return {
    packRevision: pack?.revision ?? 0,
    refusals: pack?.refusals ?? [],
    collections: call
      .part(collections)
      .all(worldId)
      .map((own) => {
        const head = heads.get(headName(own.scope === "platform" ? PLATFORM : worldId, own.name));
        const count = counts.find((row) => row.head === head?.id);
        return {
          name: own.name,
          scope: own.scope === "platform" ? Scope.PLATFORM : Scope.WORLD,
          value: own.value,
          schema: own.schema === undefined ? "" : JSON.stringify(own.schema),
          maxBytes: own.maxBytes,
          maxPerOwner: own.maxPerOwner,
          read: own.read,
          write: own.write,
          indexes: [...own.indexes],
          historyVersions: own.history.versions,
          historyDays: own.history.days,
          synced: own.synced,
          seq: head?.seq ?? 0,
          objects: Number(count?.objects ?? 0) + (seen.get(own.name)?.objects ?? 0),
          bytes: Number(count?.bytes ?? 0) + (seen.get(own.name)?.bytes ?? 0),
          packId: own.packId,
        };
      }),
  };
}

/** What a fork sees with its parents, of owners that it has counted nothing of itself. */
async function inheritedCounts(db: Kysely<StateTables>, lineage: Lineage, head: Head) {
  const sum = { objects: 0, bytes: 0 };
  const levels = lineage.levels(head.id);
  for (const [at, { head: of, upTo }] of levels.entries()) {
    if (at === 0) continue;
    const nearer = levels.slice(0, at).map((level) => level.head);
    const { rows } = await sql<{ objects: number; bytes: number }>`
      select coalesce(sum(t.objects), 0) as objects, coalesce(sum(t.bytes), 0) as bytes from tally t
      where t.head = ${of} and t.seq <= ${upTo} and not exists
        (select 1 from tally n where n.head in (${sql.join(nearer)}) and n.owner = t.owner)`.execute(db);
    sum.objects += Number(rows[0]?.objects ?? 0);
    sum.bytes += Number(rows[0]?.bytes ?? 0);
  }
  return sum;
}

export async function checkCollections(
  { worldId: world, packId, collections: rules }: CheckCollectionsRequest,
  call: Call,
): Promise<InitOf<typeof CheckCollectionsResponse>> {
  return { refusals: [...(await call.part(packs).check({ world, packId, revision: 0, rules }))] };
}

export async function getQuota(
  { worldId, owner: asked }: GetQuotaRequest,
  call: Call,
): Promise<InitOf<typeof GetQuotaResponse>> {
  const owner = asked || (call.caller.role === "player" ? call.caller.id : "");
  checkOwner(owner);
  const { ground } = call.part(objects);
  const heads = new Map([...ground.heads.values()].map((head) => [head.id, head]));
  const tallies = await call.kit.store
    .as<StateTables>()
    .selectFrom("tally")
    .selectAll()
    .where("owner", "=", owner)
    .execute();
  const rows = withInherited(tallies, ground.lineage, () => owner).flatMap(({ head, ...counts }) => {
    const of = heads.get(head);
    return of === undefined ? [] : [{ world: of.world, collection: of.collection, ...counts }];
  });
  const own = rows.filter(({ world }) => quotaName(world, owner) === quotaName(worldId, owner));
  const sum = (of: (row: (typeof own)[number]) => number) => own.reduce((total, row) => total + of(row), 0);
  const limits = call.part(objects).limits(owner);
  return {
    objects: sum(({ objects: count }) => count),
    objectsLimit: limits.objects,
    bytes: sum(({ bytes }) => bytes),
    bytesLimit: limits.bytes,
    characters:
      own.find(({ world, collection }) => world === worldId && collection === CHARACTERS)?.objects ?? 0,
    charactersLimit: limits.characters,
    collections: own.map(({ world, collection, objects: count, bytes }) => ({
      worldId: world,
      collection,
      objects: count,
      bytes,
    })),
  };
}

const HOTTEST = 100;

export function listConflicts(_request: unknown, call: Call): InitOf<typeof ListConflictsResponse> {
  return {
    conflicts: call
      .part(conflicts)
      .hottest(HOTTEST)
      .map(({ ref, count, lastMs }) => ({
        worldId: ref.world,
        id: { collection: ref.collection.name, owner: ref.owner, key: ref.key },
        conflicts: count,
        lastMs,
      })),
  };
}
