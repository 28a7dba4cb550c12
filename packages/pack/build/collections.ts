import {
  CollectionRead,
  type CollectionRuleInit,
  CollectionScope,
  CollectionWrite,
} from "@orrery/schema/world/v1";
import type { CollectionsText } from "../shape/collections.ts";

const SCOPES = { world: CollectionScope.WORLD, platform: CollectionScope.PLATFORM };
const READS = {
  nobody: CollectionRead.NOBODY,
  owner: CollectionRead.OWNER,
  public: CollectionRead.PUBLIC,
};
const WRITES = { nobody: CollectionWrite.NOBODY, owner: CollectionWrite.OWNER };

export function buildCollections({ collections }: CollectionsText): CollectionRuleInit[] {
  return collections.map((text) => ({
    name: text.name,
    scope: SCOPES[text.scope],
    value: text.value,
    schema: text.schema === undefined ? "" : JSON.stringify(text.schema),
    maxBytes: text.max_bytes,
    maxPerOwner: text.max_per_owner,
    read: READS[text.read],
    write: WRITES[text.write],
    indexes: text.indexes,
    historyVersions: text.history.versions,
    historyDays: text.history.days,
    synced: text.synced,
  }));
}
