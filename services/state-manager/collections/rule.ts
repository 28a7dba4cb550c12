import type { KeptCollectionInit, ReadAccess, WriteAccess } from "@orrery/schema/state/v1";
import {
  type CollectionRead,
  type CollectionRuleInit,
  CollectionScope,
  type CollectionWrite,
} from "@orrery/schema/world/v1";
import { OrreryError } from "@orrery/wire";
import { stateErrors } from "../errors.ts";
import { type Collection, collection } from "./definition.ts";

/**
 * A collection as a pack defines it.
 * @param indexSlots of its indexes, in their order
 * @throws STATE_COLLECTIONS_INVALID
 */
export function ofRule(
  packId: string,
  rule: CollectionRuleInit,
  indexSlots: readonly number[] = [],
): Collection {
  const { name = "", scope, value = "json", schema = "", indexes = [] } = rule;
  return collection(name, {
    scope: scope === CollectionScope.PLATFORM ? "platform" : "world",
    value,
    schema: schema === "" ? undefined : parsed(name, schema),
    maxBytes: rule.maxBytes ?? 0,
    maxPerOwner: rule.maxPerOwner ?? 0,
    read: rule.read as number as ReadAccess,
    write: rule.write as number as WriteAccess,
    indexes,
    indexSlots,
    history: { versions: rule.historyVersions ?? 0, days: rule.historyDays ?? 0 },
    synced: rule.synced ?? false,
    packId,
  });
}

export function toKept(own: Collection): KeptCollectionInit {
  return {
    rule: {
      name: own.name,
      scope: own.scope === "platform" ? CollectionScope.PLATFORM : CollectionScope.WORLD,
      value: own.value,
      schema: own.schema === undefined ? "" : JSON.stringify(own.schema),
      maxBytes: own.maxBytes,
      maxPerOwner: own.maxPerOwner,
      read: own.read as number as CollectionRead,
      write: own.write as number as CollectionWrite,
      indexes: [...own.indexes],
      historyVersions: own.history.versions,
      historyDays: own.history.days,
      synced: own.synced,
    },
    indexSlots: [...own.indexSlots],
  };
}

function parsed(name: string, schema: string): object {
  try {
    return JSON.parse(schema) as object;
  } catch (cause) {
    throw new OrreryError(stateErrors.STATE_COLLECTIONS_INVALID, { given: `schema of ${name}`, cause });
  }
}
