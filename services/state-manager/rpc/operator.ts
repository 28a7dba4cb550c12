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
import { packs } from "../collections/packs.ts";
import { collections } from "../collections/part.ts";
import { CHARACTERS } from "../collections/standard.ts";
import { conflicts } from "../conflicts.ts";
import { objects } from "../objects.ts";
import type { StateTables } from "../tables.ts";
import { readPack } from "../collections/rows.ts";
import { headName } from "../write/ground.ts";
import { checkOwner, quotaName } from "../write/reference.ts";
import { PLATFORM } from "@orrery/wire";

export async function getCollections(
  { worldId }: GetCollectionsRequest,
  call: Call,
): Promise<InitOf<typeof GetCollectionsResponse>> {
  const { heads } = call.part(objects).ground;
  const counts = await call.kit.store
    .as<StateTables>()
    .selectFrom("tally")
    .select(({ fn }) => [
      "head",
      fn.sum<number>("objects").as("objects"),
      fn.sum<number>("bytes").as("bytes"),
    ])
    .groupBy("head")
    .execute();
  const pack = await readPack(call.kit.store.as<StateTables>(), worldId);
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
          objects: Number(count?.objects ?? 0),
          bytes: Number(count?.bytes ?? 0),
          packId: own.packId,
        };
      }),
  };
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
  const rows = await call.kit.store
    .as<StateTables>()
    .selectFrom("tally")
    .innerJoin("head", "head.id", "tally.head")
    .select(["head.world", "head.collection", "tally.objects", "tally.bytes"])
    .where("tally.owner", "=", owner)
    .execute();
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
