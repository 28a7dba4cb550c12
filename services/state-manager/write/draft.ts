import { type ChangeOp, type DeleteReason, ReadAccess, WriteAccess } from "@orrery/schema/state/v1";
import { OrreryError } from "@orrery/wire";
import type { ReadyCollection } from "../collections/registry.ts";
import { INVENTORY } from "../collections/standard.ts";
import { stateErrors } from "../errors.ts";
import { heirsOf, isShared } from "../fork/grants.ts";
import { opening } from "../inventory/opening.ts";
import type { AccountRow, GrantRow, StateTables } from "../tables.ts";
import { difference } from "../value/difference.ts";
import { encodeValue } from "../value/message.ts";
import { same, type Value } from "../value/model.ts";
import type { Author, Made } from "./change.ts";
import { type Ground, type Head, headName, type Stream } from "./ground.ts";
import type { Held } from "./held.ts";
import { accountName, grantName, type Tally } from "./load.ts";
import { checkQuota, type Use } from "./quota.ts";
import type { Overlay } from "./overlay.ts";
import { quotaName, type Ref, refIn } from "./reference.ts";

/** The tables of a commit as one request sees and changes them. */
export interface Sheets {
  readonly objects: Overlay<Held>;
  readonly heads: Overlay<Head>;
  readonly streams: Overlay<Stream>;
  /** By head and owner. */
  readonly tallies: Overlay<Tally>;
  /** By quota name. */
  readonly uses: Overlay<Use>;
  readonly grants: Overlay<GrantRow>;
  readonly accounts: Overlay<AccountRow>;
  /** By object: what a fork began with, of what it changes. */
  readonly beginnings: Overlay<StateTables["snapshot"]>;
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
  /** Writes a grant, new or changed. */
  grant(row: GrantRow): void;
  /** Gives a fork an object as a row of its own, as it sees it. */
  own(held: Held): Held;
  /** Last event of this service and world, what was done so far included. */
  told(world: string): number;
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
  readonly ground: Ground;
  /** By the world that objects are kept under. */
  kept(world: string, collection: string): ReadyCollection;
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
    hand(before);
    sheets.heads.put(name, { ...head, seq });
    sheets.streams.put(world, { ...stream, next: stream.next + 1 });
    const held: Held = { ...after, id: before?.id || terms.newObject(), head: head.id, seq };
    if (before !== undefined && before.seq <= head.base && before.value !== undefined)
      sheets.beginnings.put(String(held.id), {
        object: held.id,
        version: before.version,
        value: before.bytes,
      });
    keep(held, before);
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

  /** Lets forks have what is about to be overwritten, where they see it and have nothing of their own. */
  function hand(before: Held | undefined): void {
    if (before === undefined) return;
    const { owner, key } = before.ref;
    for (const { id, world, collection, base } of terms.ground.lineage.below(before.head)) {
      if (before.seq > base) continue;
      const ref = refIn(terms.kept(world, collection), world, owner, key);
      if (sheets.objects.get(ref.name)?.id) continue;
      keep({ ...before, ref, id: terms.newObject(), head: id, place: before.place || before.id }, before);
    }
  }

  /** @param seen as a fork saw it until it has this row */
  function keep(held: Held, seen: Held | undefined): void {
    const { world, collection, owner } = held.ref;
    sheets.objects.put(held.ref.name, held);
    if (seen === undefined || seen.id === held.id || collection.name !== INVENTORY) return;
    for (const row of opening(world, owner, seen.value)) {
      const name = accountName(world, owner, row.item);
      sheets.accounts.put(name, sheets.accounts.get(name) ?? row);
    }
  }

  /** The same for the tally of an owner. */
  function handTally(tally: Tally): void {
    for (const { id, base } of terms.ground.lineage.below(tally.head)) {
      const name = `${id}\u0000${tally.owner}`;
      if (tally.seq <= base && sheets.tallies.get(name)?.inherited !== false)
        sheets.tallies.put(name, { ...tally, head: id, inherited: false });
    }
  }

  /** Keeps the owner's tally; refuses growth beyond the limits. */
  function count(ref: Ref, head: number, before: Held | undefined, after: Held): void {
    if (ref.owner === "") return;
    const objects = Number(after.value !== undefined) - Number(before?.value !== undefined);
    const bytes = after.bytes.length - (before?.bytes.length ?? 0);
    const known = sheets.tallies.get(`${head}\u0000${ref.owner}`);
    if (known !== undefined) handTally(known);
    const tally = known ?? { head, owner: ref.owner, objects: 0, bytes: 0 };
    const quota = quotaName(ref.world, ref.owner);
    const use = sheets.uses.get(quota) ?? { objects: 0, bytes: 0 };
    const [own, all] = [tally, use].map((counted) => ({
      objects: counted.objects + objects,
      bytes: counted.bytes + bytes,
    })) as [Use, Use];
    checkQuota(ref, own, all, { objects, bytes }, terms.limits(ref.owner));
    sheets.tallies.put(`${head}\u0000${ref.owner}`, { ...tally, ...own, seq: after.seq, inherited: false });
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
        place: before?.place ?? 0,
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
      hand(held);
      const after = { ...held, id: held.id || terms.newObject(), expiresAt };
      keep(after, held);
      return after;
    },
    grant(row) {
      const before = sheets.grants.get(grantName(row.world, row.grant_key));
      // What waited where a fork began is the fork's own from then on.
      if (before !== undefined && before.waiting === 0)
        for (const fork of heirsOf(terms.ground.forks, row.world)) {
          const name = grantName(fork.world, row.grant_key);
          if (isShared(before, fork) && sheets.grants.get(name) === undefined)
            sheets.grants.put(name, { ...before, world: fork.world, told: 0 });
        }
      sheets.grants.put(grantName(row.world, row.grant_key), row);
    },
    own(held) {
      const after = { ...held, id: held.id || terms.newObject() };
      keep(after, held);
      const name = `${held.head}\u0000${held.ref.owner}`;
      const tally = sheets.tallies.get(name);
      if (tally !== undefined) sheets.tallies.put(name, { ...tally, inherited: false });
      return after;
    },
    told(world) {
      return (sheets.streams.get(world)?.next ?? 1) - 1;
    },
    seq(world, collection) {
      return sheets.heads.get(headName(world, collection))?.seq ?? 0;
    },
  };
}
