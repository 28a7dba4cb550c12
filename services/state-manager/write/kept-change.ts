import { Change, type ChangeInit, ReadAccess } from "@orrery/schema/state/v1";
import { encodeBytes } from "@orrery/wire";
import type { ChangeRow } from "../tables.ts";
import { toFieldChanges } from "../value/field-changes.ts";
import { toMessage } from "../value/message.ts";
import type { Made } from "./change.ts";

/** A whole value is kept with each 20th version, so that any is at most 20 changes away. */
const SNAPSHOT_EVERY = 20;

export const needsSnapshot = (version: number) => version % SNAPSHOT_EVERY === 0;

/** A change as history keeps it, without what stands in its row's other columns. */
function bodyOf({ held, author, oldVersion, op, reason, differences, event }: Made) {
  const small = differences !== undefined;
  return {
    oldVersion,
    op,
    reason,
    changes: small && op !== undefined ? toFieldChanges(differences) : [],
    ...(!small && held.value !== undefined && { value: toMessage(held.value) }),
    actor: author.actor,
    requestKey: author.requestKey,
    ...(author.cause && { cause: author.cause }),
    event: { sequence: event.sequence },
    public: held.read === ReadAccess.PUBLIC,
    size: held.bytes.length,
  } satisfies ChangeInit;
}

export function changeRow(made: Made): ChangeRow {
  const { held, seq, atMs } = made;
  return {
    head: held.head,
    seq,
    object: held.id,
    version: held.version,
    at_ms: atMs,
    body: encodeBytes(Change, bodyOf(made)),
  };
}

/** As a watcher or a page of history gets it, straight from the commit. */
export function changeMessage(made: Made): ChangeInit {
  const { held, seq, atMs } = made;
  const { collection, owner, key } = held.ref;
  return {
    ...bodyOf(made),
    id: { collection: collection.name, owner, key },
    worldId: held.ref.world,
    seq,
    version: held.version,
    event: made.event,
    atMs,
  };
}
