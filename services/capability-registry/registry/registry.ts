import type { Beat, ExpiryReason, Registration } from "@orrery/schema/capability/v1";
import type { Kit, KitTables } from "@orrery/service";
import type { Lease } from "@orrery/simulation";
import { readHead, type Saying } from "../store/head.ts";
import type { CapabilityTables } from "../store/tables.ts";
import type { Filter } from "../filter/filter.ts";
import { type Book, createBook } from "./book.ts";
import { createFeed, type Feed } from "./feed.ts";
import { keptBytes, liveOf } from "./kept.ts";
import type { Change } from "./live.ts";
import type { Match } from "./match.ts";
import { createMatches } from "./matches.ts";
import { sayingOf } from "./say.ts";
import { createWriter, type Writer } from "./writer.ts";

/** What is answered to those who ask again, when the registry stands at that revision. */
type Answers = (revision: number) => readonly KitTables["answer"][];

/** The book of instances in the hands of one process: in memory, and written behind it. */
export interface Registry {
  /** Ask it for what `now` shows. */
  readonly book: Book;
  readonly feed: Feed;
  readonly writer: Writer;
  /** Who fits a filter now. @param text of the filter */
  matches(text: string, filter: Filter | undefined): readonly Match[];
  /** Of the registry's clock, after it was noticed whether the registry had slept. */
  now(): number;
  /** Between that clock and the host's, ms. */
  offset(): number;
  /** @returns the revision that it came to, as the others do */
  register(sourceId: string, given: readonly Registration[], answers: Answers): Promise<number>;
  beat(sourceId: string, beats: readonly Beat[]): readonly string[];
  drain(ids: readonly string[], answers: Answers): Promise<number>;
  deregister(ids: readonly string[], reason: ExpiryReason, answers: Answers): Promise<number>;
  degrade(id: string, until: number): void;
  /** @returns what ended */
  sweep(): readonly Change[];
  /** Notes when each process was heard last, so that a restart knows. */
  noteSources(): Promise<void>;
}

/**
 * Takes the book over from the database.
 * @param told of each change
 * @param refused another process is the writer
 */
export async function openRegistry(
  kit: Kit,
  lease: Lease,
  told: (change: Change) => void,
  refused: () => void,
): Promise<Registry> {
  const db = kit.store.as<CapabilityTables>();
  const head = await readHead(kit, "registry");
  const sources = await db.selectFrom("source").selectAll().execute();
  const heard = new Map(sources.map(({ id, heard_ms }) => [id, Number(heard_ms)]));
  const bodies = await db.selectFrom("instance").select("body").execute();
  const offset = () => kit.hostMs() - kit.clock.now();
  const now = kit.clock.now();
  const lives = bodies.map(({ body }) => liveOf(body, undefined, now, offset()));
  for (const live of lives)
    live.lastSeen = Math.max(live.lastSeen, (heard.get(live.sourceId) ?? 0) - offset());
  const book = createBook(head.revision, lives, now);
  const feed = createFeed(head.revision);
  const writer = createWriter(kit, lease, head, refused);

  /** @param changes also of one instance twice: it is told as it was each time, and written as it is */
  async function take(
    changes: readonly Change[],
    forgotten: readonly string[] = [],
    answers: Answers = () => [],
  ): Promise<number> {
    const { revision } = book;
    const instances = new Map<string, Uint8Array | undefined>(forgotten.map((id) => [id, undefined]));
    const sayings: Saying[] = [];
    for (const change of changes) {
      const { live } = change;
      sayings.push(sayingOf(change, book.leases.until(live), offset(), kit.hostMs()));
      instances.set(live.id, keptBytes(live, book.leases, offset()));
      feed.told(live, change.revision);
      told(change);
    }
    await writer.write({ sayings, instances, answers: answers(revision), revision });
    return revision;
  }

  return {
    book,
    feed,
    writer,
    matches: createMatches(book),
    offset,
    now() {
      const at = kit.clock.now();
      book.observe(at);
      return at;
    },
    register: (sourceId, given, answers) =>
      take(book.register(sourceId, given, kit.clock.now(), kit.hostMs()), [], answers),
    beat(sourceId, beats) {
      const { changes, unknown } = book.beat(sourceId, beats, kit.clock.now());
      void take(changes);
      return unknown;
    },
    drain: (ids, answers) => take(book.drain(ids, kit.clock.now()), [], answers),
    deregister: (ids, reason, answers) => take(book.deregister(ids, reason, kit.clock.now()), [], answers),
    degrade: (id, until) => void take(book.degrade(id, until, kit.clock.now())),
    sweep() {
      const { changes, forgotten } = book.sweep(kit.clock.now());
      void take(changes, forgotten);
      return changes;
    },
    async noteSources() {
      const rows = [...book.sources.entries()].map(([id, at]) => ({ id, heard_ms: at + offset() }));
      await db.transaction().execute(async (tx) => {
        await tx.deleteFrom("source").execute();
        for (let at = 0; at < rows.length; at += ROWS)
          await tx
            .insertInto("source")
            .values(rows.slice(at, at + ROWS))
            .execute();
      });
    },
  };
}

const ROWS = 200;
