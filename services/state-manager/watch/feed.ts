import { type ChangeInit, ReadAccess } from "@orrery/schema/state/v1";
import { changeMessage } from "../write/kept-change.ts";
import type { Made } from "../write/change.ts";
import { headName } from "../write/ground.ts";

/** A change as watchers get it, with what decides who does. */
export interface Told {
  readonly seq: number;
  readonly owner: string;
  readonly key: string;
  readonly public: boolean;
  /** A player may see it as owner. */
  readonly owners: boolean;
  readonly change: ChangeInit;
}

/** The last changes, in memory, and who waits for the next. */
export interface Feed {
  told(made: readonly Made[]): void;
  /** Changes of a collection after a seq, at most `limit`; undefined: memory does not reach back that far. */
  after(world: string, collection: string, seq: number, limit: number): readonly Told[] | undefined;
  /** Resolves with the next change of these: of an owner, or of any. */
  next(
    world: string,
    collection: string,
    owner: string | undefined,
  ): { readonly come: Promise<void>; cancel(): void };
  /** Memory is not known to be whole: watchers go on from history. */
  forget(): void;
  readonly watchers: number;
}

const CHANGES_MOST = 100_000;
const BYTES_MOST = 32 * 1024 * 1024;
const CHANGE_BYTES = 600;

interface Ring {
  /** Seqs without a gap. */
  list: Told[];
  start: number;
}

export function createFeed(): Feed {
  let rings = new Map<string, Ring>();
  /** Oldest first over all collections: which ring gives one up next. */
  let order: { readonly ring: Ring; readonly bytes: number }[] = [];
  let first = 0;
  let bytes = 0;
  const waiting = new Map<string, Set<() => void>>();
  const waiterName = (head: string, owner: string | undefined) =>
    owner === undefined ? head : `${head}\u0000${owner}`;

  function wake(name: string): void {
    const set = waiting.get(name);
    if (set === undefined) return;
    waiting.delete(name);
    for (const resolve of set) resolve();
  }

  function makeRoom(): void {
    while (order.length - first > CHANGES_MOST || bytes > BYTES_MOST) {
      const { ring, bytes: own } = order[first++] as (typeof order)[number];
      bytes -= own;
      ring.start += 1;
      if (ring.start > 1_024 && ring.start * 2 > ring.list.length) {
        ring.list = ring.list.slice(ring.start);
        ring.start = 0;
      }
    }
    if (first > 1_024 && first * 2 > order.length) {
      order = order.slice(first);
      first = 0;
    }
  }

  return {
    told(made) {
      const touched = new Set<string>();
      for (const one of made) {
        const { ref, read } = one.held;
        const head = headName(ref.world, ref.collection.name);
        let ring = rings.get(head);
        if (ring === undefined) rings.set(head, (ring = { list: [], start: 0 }));
        const change = changeMessage(one);
        ring.list.push({
          seq: one.seq,
          owner: ref.owner,
          key: ref.key,
          public: read === ReadAccess.PUBLIC,
          owners: read >= ReadAccess.OWNER,
          change,
        });
        const size = CHANGE_BYTES + 3 * Math.min(one.held.bytes.length, 4_096);
        order.push({ ring, bytes: size });
        bytes += size;
        touched.add(head).add(waiterName(head, ref.owner));
      }
      makeRoom();
      for (const name of touched) wake(name);
    },
    after(world, collection, seq, limit) {
      const ring = rings.get(headName(world, collection));
      const oldest = ring?.list[ring.start];
      if (ring === undefined || oldest === undefined || oldest.seq > seq + 1) return undefined;
      const from = ring.start + (seq + 1 - oldest.seq);
      return ring.list.slice(from, from + limit);
    },
    next(world, collection, owner) {
      const name = waiterName(headName(world, collection), owner);
      const { promise, resolve } = Promise.withResolvers<void>();
      const set = waiting.get(name) ?? new Set();
      waiting.set(name, set.add(resolve));
      return {
        come: promise,
        cancel() {
          set.delete(resolve);
          if (set.size === 0 && waiting.get(name) === set) waiting.delete(name);
        },
      };
    },
    forget() {
      rings = new Map();
      order = [];
      first = 0;
      bytes = 0;
      for (const name of [...waiting.keys()]) wake(name);
    },
    get watchers() {
      return [...waiting.values()].reduce((sum, set) => sum + set.size, 0);
    },
  };
}
