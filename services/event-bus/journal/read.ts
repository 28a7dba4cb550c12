import { create } from "@bufbuild/protobuf";
import { type EventFilter, EventFilterSchema } from "@orrery/schema/bus/v1";
import { codecs } from "@orrery/schema/registry";
import { matchesType } from "@orrery/service";
import {
  type EventId,
  type Frame,
  type FrameEvent,
  type InitOf,
  OrreryError,
  openFrame,
  renderSays,
} from "@orrery/wire";
import type { JournalEvent as JournalEventCodec } from "@orrery/schema/bus/v1";
import type { Kysely } from "kysely";
import { journalErrors } from "../errors.ts";
import { type Fits, fitsFilter } from "./filter.ts";
import type { Names } from "./names.ts";
import type { Segments } from "./segments.ts";
import { type FrameRow, type JournalTables, MENTION } from "./tables.ts";

export type Found = InitOf<typeof JournalEventCodec> & { readonly ordinal: number };

/** Reads events back. Everything goes through frame rows: an index row a frame, bytes from the segment. */
export interface Reader {
  /** Events after an ordinal (before it, newest first), at most `limit`. `at`: where to go on; undefined: the end. */
  page(asked: PageAsked): Promise<{ readonly events: readonly Found[]; readonly at: number | undefined }>;
  byGameTime(world: string, filter: EventFilter, limit: number, skip: number): Promise<readonly Found[]>;
  get(world: string, id: EventId): Promise<Found | undefined>;
  ordinal(world: string, ordinal: number): Promise<Found | undefined>;
  /** Events that name this one as their cause, at most `limit`. */
  effectsOf(world: string, id: EventId, limit: number): Promise<readonly Found[]>;
  /** Sequence nearest to one that is not here. */
  nearest(world: string, id: EventId): Promise<number | undefined>;
  /** The oldest ordinal that is left, when this event was here once and is no more; undefined: it never was. */
  prunedBefore(world: string, id: EventId): Promise<number | undefined>;
  /** Events of one publisher with sequences from..to, in order. @param types like an event filter's; frames without any are not read */
  ofPublisher(
    world: string,
    publisher: string,
    from: number,
    to: number,
    types?: readonly string[],
  ): Promise<readonly Found[]>;
  /** Who has published in this world. */
  publishers(world: string): Promise<readonly string[]>;
  /** The first event to arrive of a game second later than this one. */
  firstAfterGs(world: string, atGs: number): Promise<Found | undefined>;
}

export interface PageAsked {
  readonly world: string;
  readonly filter: EventFilter | undefined;
  readonly after: number;
  /** Nothing above this ordinal. */
  readonly newest: number;
  readonly newestFirst: boolean;
  readonly limit: number;
}

/** Frames looked up at once: few at first, since one often fills the page. */
const STEP = { first: 8, growth: 4, most: 256 } as const;
const GAME_TIME_MOST = 20_000;

export function createReader(db: Kysely<JournalTables>, names: Names, segments: Segments): Reader {
  /** @throws BUS_JOURNAL_DAMAGED with the span: whoever reads can go on behind it */
  function frameOf(row: FrameRow): Frame {
    try {
      return openFrame(segments.read(row));
    } catch (cause) {
      const { world, first, last, segment, place } = row;
      const span = `events ${first} to ${last} of ${names.text(world)}, file ${segment} at ${place}`;
      throw new OrreryError(journalErrors.BUS_JOURNAL_DAMAGED, { given: span, cause });
    }
  }

  function eventsOf(row: FrameRow, fits: Fits): Found[] {
    const frame = frameOf(row);
    const found: Found[] = [];
    let ordinal = row.first - 1;
    for (const event = frame.cursor(); event.next(); ) {
      if (event.index < row.skip) continue;
      ordinal += 1;
      if (!fits(event, frame.source)) continue;
      const { sequence, type, key, timeMs, cause, payload } = event;
      const { atGs, says, problem } = decode(event);
      found.push({
        ordinal,
        id: { publisher: frame.publisher, sequence },
        type,
        key,
        service: frame.source,
        world: frame.world,
        lane: frame.lane,
        timeMs,
        ...(atGs !== undefined && { atGs }),
        ...(cause && { cause }),
        traceparent: event.traceparent ?? "",
        contentType: frame.contentType,
        fingerprint: frame.fingerprint,
        payload,
        says,
        undecodable: problem,
      });
    }
    return found;
  }

  /** Frames that may hold what fits, by the rarest condition that the index knows. */
  function rowsFor(world: number, filter: EventFilter | undefined) {
    let query = db.selectFrom("frame").selectAll("frame").where("frame.world", "=", world);
    const within = (kind: number, ids: readonly number[]) =>
      (query = query.where("frame.last", "in", (sub) =>
        sub
          .selectFrom("mention")
          .select("mention.frame")
          .where("mention.world", "=", world)
          .where("kind", "=", kind)
          .where("name", "in", ids.length > 0 ? ids : [-1]),
      ));
    if (filter === undefined) return query;
    if (filter.types.length > 0 && !filter.types.includes("*")) {
      within(
        MENTION.type,
        names.matching((text) => filter.types.some((type) => matchesType(type, text))),
      );
    }
    if (filter.keys.length > 0)
      within(
        MENTION.key,
        filter.keys.map((key) => names.known(key) ?? -1),
      );
    if (filter.services.length > 0)
      query = query.where(
        "source",
        "in",
        filter.services.map((service) => names.known(service) ?? -1),
      );
    if (filter.fromMs > 0) query = query.where("to_ms", ">=", filter.fromMs);
    if (filter.toMs > 0) query = query.where("from_ms", "<", filter.toMs);
    if (filter.fromGs !== undefined) query = query.where("to_gs", ">=", filter.fromGs);
    if (filter.toGs !== undefined) query = query.where("from_gs", "<", filter.toGs);
    if (filter.entities.length > 0) {
      const ids = filter.entities.map((text) => names.known(text) ?? -1);
      query = query.where("frame.last", "in", (sub) =>
        sub
          .selectFrom("mention")
          .select("mention.frame")
          .where("mention.world", "=", world)
          .where("kind", "in", [MENTION.key, MENTION.entity])
          .where("name", "in", ids),
      );
    }
    return query;
  }

  async function rowOf(world: string, id: EventId): Promise<FrameRow | undefined> {
    const [worldId, publisher] = [names.known(world), names.known(id.publisher)];
    if (worldId === undefined || publisher === undefined) return undefined;
    const row = await db
      .selectFrom("frame")
      .selectAll()
      .where("world", "=", worldId)
      .where("publisher", "=", publisher)
      .where("last_seq", ">=", id.sequence)
      .orderBy("last_seq")
      .limit(1)
      .executeTakeFirst();
    return row !== undefined && row.first_seq <= id.sequence ? row : undefined;
  }

  return {
    async page({ world, filter, after, newest, newestFirst, limit }) {
      const fits = fitsFilter(filter);
      const worldId = names.known(world);
      if (worldId === undefined) return { events: [], at: undefined };
      const events: Found[] = [];
      let at = after;
      for (let step: number = STEP.first; ; step = Math.min(step * STEP.growth, STEP.most)) {
        const base = rowsFor(worldId, filter).where("first", "<=", newest).limit(step);
        const rows = newestFirst
          ? await base.where("first", "<", at).orderBy("last", "desc").execute()
          : await base.where("last", ">", at).orderBy("last").execute();
        for (const row of rows) {
          const own = eventsOf(row, fits).filter(
            ({ ordinal }) => ordinal <= newest && (newestFirst ? ordinal < at : ordinal > at),
          );
          for (const event of newestFirst ? own.reverse() : own) {
            if (events.length >= limit) return { events, at: events.at(-1)?.ordinal };
            events.push(event);
          }
          if (newestFirst) at = Math.min(at, row.first);
          else at = Math.max(at, row.last);
        }
        if (rows.length < step) return { events, at: undefined };
      }
    },
    async byGameTime(world, filter, limit, skip) {
      const worldId = names.known(world);
      if (worldId === undefined) return [];
      const fits = fitsFilter(filter);
      const rows = await rowsFor(worldId, filter)
        .where("from_gs", "is not", null)
        .orderBy("from_gs")
        .execute();
      const events: Found[] = [];
      for (const row of rows) {
        events.push(...eventsOf(row, fits).filter((event) => event.atGs !== undefined));
        if (events.length > GAME_TIME_MOST) {
          throw new OrreryError(journalErrors.BUS_BAD_FILTER, {
            given: `order by game time over more than ${GAME_TIME_MOST} events; narrow from_gs and to_gs`,
          });
        }
      }
      return events
        .sort((a, b) => (a.atGs ?? 0) - (b.atGs ?? 0) || a.ordinal - b.ordinal)
        .slice(skip, skip + limit);
    },
    async get(world, id) {
      const row = await rowOf(world, id);
      return row && eventsOf(row, ({ sequence }) => sequence === id.sequence)[0];
    },
    async ordinal(world, ordinal) {
      const worldId = names.known(world);
      if (worldId === undefined) return undefined;
      const row = await db
        .selectFrom("frame")
        .selectAll()
        .where("world", "=", worldId)
        .where("last", ">=", ordinal)
        .orderBy("last")
        .limit(1)
        .executeTakeFirst();
      const place = row === undefined ? 0 : row.skip + ordinal - row.first;
      return row && eventsOf(row, ({ index }) => index === place)[0];
    },
    async effectsOf(world, id, limit) {
      const [worldId, publisher] = [names.known(world), names.known(id.publisher)];
      if (worldId === undefined || publisher === undefined) return [];
      const rows = await db
        .selectFrom("cause")
        .innerJoin("frame", (join) =>
          join.onRef("frame.world", "=", "cause.world").onRef("frame.last", "=", "cause.frame"),
        )
        .selectAll("frame")
        .where("cause.world", "=", worldId)
        .where("cause.publisher", "=", publisher)
        .where("cause.sequence", "=", id.sequence)
        .orderBy("frame.last")
        .limit(limit)
        .execute();
      const caused: Fits = ({ cause }) => cause?.publisher === id.publisher && cause.sequence === id.sequence;
      return rows.flatMap((row) => eventsOf(row as FrameRow, caused)).slice(0, limit);
    },
    async nearest(world, id) {
      const [worldId, publisher] = [names.known(world), names.known(id.publisher)];
      if (worldId === undefined || publisher === undefined) return undefined;
      const of = db.selectFrom("frame").where("world", "=", worldId).where("publisher", "=", publisher);
      const below = await of
        .select("last_seq")
        .where("last_seq", "<", id.sequence)
        .orderBy("last_seq", "desc")
        .limit(1)
        .executeTakeFirst();
      const above = await of
        .select("first_seq")
        .where("last_seq", ">", id.sequence)
        .orderBy("last_seq")
        .limit(1)
        .executeTakeFirst();
      return below?.last_seq ?? above?.first_seq;
    },
    async prunedBefore(world, id) {
      const [worldId, publisher] = [names.known(world), names.known(id.publisher)];
      if (worldId === undefined || publisher === undefined) return undefined;
      const stream = await db
        .selectFrom("stream")
        .selectAll()
        .where("world", "=", worldId)
        .where("publisher", "=", publisher)
        .executeTakeFirst();
      if (stream === undefined || id.sequence < 1 || id.sequence > stream.head) return undefined;
      const missing = (JSON.parse(stream.gaps) as [number, number][]).some(
        ([from, to]) => id.sequence >= from && id.sequence <= to,
      );
      if (missing || (await rowOf(world, id)) !== undefined) return undefined;
      const oldest = await db
        .selectFrom("frame")
        .select(({ fn }) => fn.min("first").as("first"))
        .where("world", "=", worldId)
        .executeTakeFirst();
      return Number(oldest?.first ?? 0);
    },
    async ofPublisher(world, publisher, from, to, types) {
      const [worldId, id] = [names.known(world), names.known(publisher)];
      if (worldId === undefined || id === undefined || types?.length === 0) return [];
      const filter = types && create(EventFilterSchema, { types: [...types] });
      const fits = fitsFilter(filter);
      const rows = await rowsFor(worldId, filter)
        .where("publisher", "=", id)
        .where("last_seq", ">=", from)
        .where("first_seq", "<=", to)
        .orderBy("last_seq")
        .execute();
      const within: Fits = (event, source) =>
        event.sequence >= from && event.sequence <= to && fits(event, source);
      return rows.flatMap((row) => eventsOf(row, within));
    },
    async publishers(world) {
      const worldId = names.known(world);
      if (worldId === undefined) return [];
      const rows = await db.selectFrom("stream").select("publisher").where("world", "=", worldId).execute();
      return rows.map(({ publisher }) => names.text(publisher));
    },
    async firstAfterGs(world, atGs) {
      const worldId = names.known(world);
      if (worldId === undefined) return undefined;
      const rows = await db
        .selectFrom("frame")
        .selectAll()
        .where("world", "=", worldId)
        .where("to_gs", ">", atGs)
        .orderBy("last")
        .limit(1)
        .execute();
      return rows
        .flatMap((row) => eventsOf(row, () => true))
        .find((event) => event.atGs !== undefined && event.atGs > atGs);
    },
  };
}

function decode(event: FrameEvent): { atGs: number | undefined; says: string; problem: string } {
  const codec = codecs.get(event.type);
  if (codec === undefined)
    return { atGs: undefined, says: event.type, problem: "no schema of this type is known here" };
  try {
    const message = event.decode(codec);
    const { atGs } = message as { atGs?: number };
    return { atGs, says: renderSays(codec, message), problem: "" };
  } catch (error) {
    return {
      atGs: undefined,
      says: event.type,
      problem: error instanceof Error ? error.message : String(error),
    };
  }
}
