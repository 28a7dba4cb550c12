import { type ChangeOp, type DeleteReason, ReadAccess, WriteAccess } from "@orrery/schema/state/v1";
import { OrreryError } from "@orrery/wire";
import { stateErrors } from "../errors.ts";
import type { AccountRow, GrantRow } from "../tables.ts";
import { difference } from "../value/difference.ts";
import { encodeValue } from "../value/message.ts";
import { same, type Value } from "../value/model.ts";
import type { Author, Made } from "./change.ts";
import { type Head, headName, type Stream } from "./ground.ts";
import type { Held } from "./held.ts";
import { checkQuota, type Use } from "./quota.ts";
import type { Overlay } from "./overlay.ts";
import { quotaName, type Ref } from "./reference.ts";

/** The tables of a commit as one request sees and changes them. */
export interface Sheets {
  readonly objects: Overlay<Held>;
  readonly heads: Overlay<Head>;
  readonly streams: Overlay<Stream>;
  /** By head and owner. */
  readonly tallies: Overlay<Use & { readonly head: number; readonly owner: string }>;
  /** By quota name. */
  readonly uses: Overlay<Use>;
  readonly grants: Overlay<GrantRow>;
  readonly accounts: Overlay<AccountRow>;
}

/** What a request may do; nothing of it counts before its commit. */
export interface Draft {
  readonly sheets: Sheets;
  readonly nowMs: number;
  get(ref: Ref): Held | undefined;
  /**
   * Gives an object a value. The same value and access again changes nothing.
   * @throws STATE_SCHEMA, STATE_TOO_LARGE, STATE_QUOTA
   */
  set(ref: Ref, value: Value, op: ChangeOp, author: Author, access?: Access): Held;
  /** Of an object that is there. */
  remove(held: Held, reason: DeleteReason, author: Author): Held;
  touch(held: Held, expiresAt: number | undefined): Held;
  /** Where a collection stands after what was done so far. */
  seq(world: string, collection: string): number;
  /** Names of an owner's grants that wait, oldest first; what is added is seen by later requests. */
  waiting(owner: string): string[];
  readonly made: readonly Made[];
}

export interface Access {
  readonly read?: ReadAccess;
  readonly write?: WriteAccess;
}

/** What a commit lends to its drafts. */
export interface Terms {
  readonly nowMs: number;
  newHead(world: string, collection: string): Head;
  newStream(world: string): Stream;
  newObject(): number;
  /** Version that an erased object of this identity had last; 0: none. */
  erasedVersion(ref: Ref): number;
  waiting(owner: string): string[];
  readonly limits: (owner: string) => {
    readonly objects: number;
    readonly bytes: number;
    readonly characters: number;
  };
}

const NOTHING = new Uint8Array();

export function createDraft(sheets: Sheets, terms: Terms): Draft {
  const made: Made[] = [];

  function note(
    before: Held | undefined,
    after: Omit<Held, "seq" | "head" | "id">,
    op: ChangeOp | undefined,
    reason: DeleteReason | undefined,
    author: Author,
  ): Held {
    const { world, collection } = after.ref;
    if (collection.gone && op !== undefined)
      throw new OrreryError(stateErrors.STATE_UNKNOWN_COLLECTION, {
        given: `${collection.name} of ${world}: its pack no longer defines it`,
      });
    const name = headName(world, collection.name);
    const head = sheets.heads.get(name) ?? terms.newHead(world, collection.name);
    const stream = sheets.streams.get(world) ?? terms.newStream(world);
    const seq = head.seq + 1;
    sheets.heads.put(name, { ...head, seq });
    sheets.streams.put(world, { ...stream, next: stream.next + 1 });
    const held: Held = { ...after, id: before?.id ?? terms.newObject(), head: head.id, seq };
    sheets.objects.put(after.ref.name, held);
    made.push({
      held,
      author,
      seq,
      oldVersion: before?.version ?? terms.erasedVersion(after.ref),
      op,
      reason,
      differences: difference(before?.value, held.value),
      event: { publisher: stream.publisher, sequence: stream.next },
      atMs: terms.nowMs,
    });
    count(held.ref, head.id, before, held);
    return held;
  }

  /** Keeps the owner's tally; refuses growth beyond the limits. */
  function count(ref: Ref, head: number, before: Held | undefined, after: Held): void {
    if (ref.owner === "") return;
    const objects = Number(after.value !== undefined) - Number(before?.value !== undefined);
    const bytes = after.bytes.length - (before?.bytes.length ?? 0);
    const tally = sheets.tallies.get(`${head}\u0000${ref.owner}`) ?? {
      head,
      owner: ref.owner,
      objects: 0,
      bytes: 0,
    };
    const quota = quotaName(ref.world, ref.owner);
    const use = sheets.uses.get(quota) ?? { objects: 0, bytes: 0 };
    const [own, all] = [tally, use].map((counted) => ({
      objects: counted.objects + objects,
      bytes: counted.bytes + bytes,
    })) as [Use, Use];
    checkQuota(ref, own, all, { objects, bytes }, terms.limits(ref.owner));
    sheets.tallies.put(`${head}\u0000${ref.owner}`, { ...tally, ...own });
    sheets.uses.put(quota, all);
  }

  return {
    sheets,
    nowMs: terms.nowMs,
    made,
    waiting: terms.waiting,
    get: (ref) => sheets.objects.get(ref.name),
    set(ref, value, op, author, access = {}) {
      const before = sheets.objects.get(ref.name);
      const live = before?.value === undefined ? undefined : before;
      const read = access.read || live?.read || ref.collection.read;
      const write = access.write || live?.write || ref.collection.write;
      if (live !== undefined && live.read === read && live.write === write && same(live.value, value))
        return live;
      ref.collection.check(value);
      const bytes = encodeValue(value);
      // What was there under an earlier, higher limit may stay and shrink.
      if (bytes.length > Math.max(ref.collection.maxBytes, live?.bytes.length ?? 0))
        throw new OrreryError(stateErrors.STATE_TOO_LARGE, {
          given: `${ref.collection.name}/${ref.key}: ${bytes.length} bytes, at most ${ref.collection.maxBytes}`,
        });
      const after = {
        ref,
        version: (before?.version ?? terms.erasedVersion(ref)) + 1,
        value,
        bytes,
        read,
        write,
        createdMs: live?.createdMs ?? terms.nowMs,
        updatedMs: terms.nowMs,
        updatedBy: author.actor,
        expiresAt: live?.expiresAt,
      };
      return note(before, after, op, undefined, author);
    },
    remove(held, reason, author) {
      const after = {
        ...held,
        value: undefined,
        bytes: NOTHING,
        updatedMs: terms.nowMs,
        updatedBy: author.actor,
        expiresAt: undefined,
      };
      return note(held, after, undefined, reason, author);
    },
    touch(held, expiresAt) {
      const after = { ...held, expiresAt };
      sheets.objects.put(held.ref.name, after);
      return after;
    },
    seq(world, collection) {
      return sheets.heads.get(headName(world, collection))?.seq ?? 0;
    },
  };
}
