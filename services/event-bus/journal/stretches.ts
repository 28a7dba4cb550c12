import type { FramesRequest } from "@orrery/schema/bus/v1";
import type { Lane } from "@orrery/schema/orrery";
import { serviceErrors } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { type Kysely, sql } from "kysely";
import type { Forks } from "./forks.ts";
import type { Names } from "./names.ts";
import type { Segments } from "./segments.ts";
import { type FrameRow, type JournalTables, MENTION } from "./tables.ts";

interface Head {
  readonly publisher: string;
  readonly lane: Lane;
  readonly sequence: number;
  /** Of its newest event, Unix ms. */
  readonly lastMs: number;
}

/** Events of one publisher with sequences above `after` up to `until`. */
interface Stretch {
  readonly publisher: string;
  readonly after: number;
  readonly until: number;
  /** Only frames with an event from this moment on, Unix ms; 0: open. */
  readonly fromMs: number;
}

interface Stretches {
  /** The newest first. */
  readonly frames: readonly Uint8Array[];
  readonly here: readonly Stretch[];
  readonly complete: boolean;
  readonly lost: readonly string[];
}

const FRAMES_MOST = { stretches: 1_000, bytes: 4 * 1024 * 1024 } as const;
/** Looked up of one stream at a time. */
const ROWS = 2_000;

type Row = Pick<FrameRow, "first_seq" | "last_seq" | "last" | "to_ms" | "segment" | "place" | "bytes"> & {
  readonly wanted: number;
};

/** What there is of one stretch, the newest first. */
interface Walked {
  readonly stretch: Stretch;
  readonly rows: readonly Row[];
  readonly until: number;
  /** All above this is among the rows. */
  readonly after: number;
  readonly lost: boolean;
}

/** Streams of a world as they are kept, without a look into any frame: for who goes on from a place in them. */
export function readStretches(db: Kysely<JournalTables>, names: Names, segments: Segments, forks: Forks) {
  async function headsIn(world: string): Promise<readonly Head[]> {
    const id = names.known(world);
    if (id === undefined) return [];
    const newest = (column: "to_ms" | "lane") =>
      sql<number | null>`(select ${sql.ref(`frame.${column}`)} from frame where frame.world = stream.world
        and frame.publisher = stream.publisher order by frame.last_seq desc limit 1)`.as(column);
    const rows = await db
      .selectFrom("stream")
      .select(["publisher", "head", newest("to_ms"), newest("lane")])
      .where("world", "=", id)
      .execute();
    return rows.map(({ publisher, head, to_ms, lane }) => ({
      publisher: names.text(publisher),
      lane: Number(lane ?? 0) as Lane,
      sequence: Number(head),
      lastMs: Number(to_ms ?? 0),
    }));
  }

  async function walk(world: string, stretch: Stretch, types: readonly number[]): Promise<Walked> {
    const [worldId, publisher] = [names.known(world), names.known(stretch.publisher)];
    const { after, until, fromMs } = stretch;
    if (until <= after) return { stretch, rows: [], until, after: until, lost: false };
    if (worldId === undefined || publisher === undefined)
      return { stretch, rows: [], until, after, lost: true };
    const stream = await db
      .selectFrom("stream")
      .select("head")
      .where("world", "=", worldId)
      .where("publisher", "=", publisher)
      .executeTakeFirst();
    const end = Math.min(until, Number(stream?.head ?? 0));
    const found = await db
      .selectFrom("frame")
      .select(["first_seq", "last_seq", "last", "to_ms", "segment", "place", "bytes"])
      .select((eb) =>
        types.length === 0
          ? sql<number>`1`.as("wanted")
          : eb
              .exists(
                eb
                  .selectFrom("mention")
                  .select("mention.frame")
                  .where("mention.world", "=", worldId)
                  .where("mention.kind", "=", MENTION.type)
                  .where("mention.name", "in", [...types])
                  .whereRef("mention.frame", "=", "frame.last"),
              )
              .$castTo<number>()
              .as("wanted"),
      )
      .where("world", "=", worldId)
      .where("publisher", "=", publisher)
      .where("last_seq", ">", after)
      .where("first_seq", "<=", end)
      .orderBy("last_seq", "desc")
      .limit(ROWS)
      .execute();
    const rows: Row[] = [];
    let next = end;
    for (const row of found) {
      if (row.to_ms < fromMs) return { stretch, rows, until: end, after, lost: false };
      if (row.last_seq < next) return { stretch, rows, until: end, after: next, lost: true };
      rows.push(row);
      next = Math.min(next, row.first_seq - 1);
    }
    const all = found.length < ROWS;
    return { stretch, rows, until: end, after: Math.max(after, next), lost: all && next > after };
  }

  return {
    /** Of every stream that ever spoke in a world; those of the worlds it was forked from with sequence 0. */
    async heads(world: string): Promise<readonly Head[]> {
      const own = await headsIn(world);
      const known = new Set(own.map(({ publisher }) => publisher));
      const elsewhere = [];
      for (const { world: of } of forks.lineage(world))
        if (of !== world) elsewhere.push(...(await headsIn(of)).map((head) => ({ ...head, sequence: 0 })));
      return [...own, ...elsewhere.filter(({ publisher }) => !known.has(publisher))];
    },

    /** @throws RPC_FIELD_INVALID, BUS_JOURNAL_DAMAGED */
    async frames({ worldId, stretches, types, maxBytes }: FramesRequest): Promise<Stretches> {
      const most = maxBytes || FRAMES_MOST.bytes;
      atMost(stretches.length, FRAMES_MOST.stretches, "stretches");
      atMost(most, FRAMES_MOST.bytes, "max_bytes");
      const wanted = types.map((type) => names.known(type) ?? -1);
      const walks: Walked[] = [];
      for (const stretch of stretches) walks.push(await walk(worldId, stretch, wanted));
      const rows = walks.flatMap((walked) => walked.rows.map((row) => ({ row, walked })));
      rows.sort((one, other) => other.row.last - one.row.last);
      const frames: Uint8Array[] = [];
      const reached = new Map(walks.map((walked) => [walked, walked.after]));
      const stopped = new Set<Walked>();
      let bytes = 0;
      for (const { row, walked } of rows) {
        const full = Boolean(row.wanted) && bytes > 0 && bytes + row.bytes > most;
        // From here on back nothing more of this stream, so that what is here of it has no hole.
        if (full && !stopped.has(walked)) {
          stopped.add(walked);
          reached.set(walked, Math.max(walked.after, Math.min(row.last_seq, walked.until)));
        }
        if (!row.wanted || stopped.has(walked)) continue;
        bytes += row.bytes;
        frames.push(segments.read(row));
      }
      return {
        frames,
        here: walks.map((walked) => ({
          publisher: walked.stretch.publisher,
          after: reached.get(walked) as number,
          until: walked.until,
          fromMs: walked.stretch.fromMs,
        })),
        complete: walks.every(
          (walked) => walked.until === walked.stretch.until && reached.get(walked) === walked.stretch.after,
        ),
        lost: walks.filter(({ lost }) => lost).map(({ stretch }) => stretch.publisher),
      };
    },
  };
}

function atMost(value: number, most: number, field: string): void {
  if (value > most)
    throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, { given: `${field} ${value}, at most ${most}` });
}
