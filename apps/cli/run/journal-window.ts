import {
  type EventFilterSchema,
  IntakeCommitted,
  type JournalEvent,
  JournalService,
  Order,
  StateCheckpoint,
  StateSegment,
} from "@orrery/schema/bus/v1";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { PackPart, type PackSection } from "@orrery/schema/world/v1";
import { checkSection, errorCodeOf, serviceErrors } from "@orrery/service";
import type { Recorded } from "@orrery/simulation";
import { type EventId, OrreryError } from "@orrery/wire";
import type { Edge } from "../edge.ts";

/**
 * A shard's past as it passes: its records in order, and beside them the events that they name. Both are read on as they
 * are asked for, and of the events so many are held: a shard takes in most in the order in which the journal has them,
 * however long after they were said. What lies elsewhere is asked for by itself.
 */
export interface JournalWindow {
  records(): AsyncIterable<Recorded>;
  /** undefined: the journal does not have it. */
  event(id: EventId): Promise<JournalEvent | undefined>;
  /**
   * A part of a segment of a state; undefined: the journal does not have it.
   * @param world whose journal, if it is not the window's
   */
  segment(id: EventId, world: string): Promise<StateSegment | undefined>;
  /** A section of a pack from its parts. @throws SERVICE_PACK_MISSING, SERVICE_PACK_TORN */
  section(named: PackSection): Promise<Uint8Array>;
  /** Events that were asked for one by one. */
  readonly single: number;
}

export interface WindowAsked {
  /** `<service>/<world>`. */
  readonly shard: string;
  /** Types that the shard takes in. */
  readonly types: readonly string[];
  /** Events that are held at once. Default 50,000. */
  readonly held?: number;
  /** Events a call. Default 1,000, the most. */
  readonly page?: number;
}

const HELD = 50_000;
const PAGE = 1_000;
/** Pages that are read on for one event, or for a record that arrived out of order. */
const PAGES_AHEAD = 10;
const UNKNOWN = "BUS_UNKNOWN_EVENT";

const nameOf = ({ publisher, sequence }: EventId) => `${publisher}/${sequence}`;

export function openWindow(
  edge: Edge,
  { shard, types, held = HELD, page = PAGE }: WindowAsked,
): JournalWindow {
  const journal = edge.client(JournalService);
  const ahead = pagesOf(edge, { types: [...types] }, page);
  const events = new Map<string, JournalEvent>();
  let single = 0;

  /** @returns whether there was more */
  async function readOn(): Promise<boolean> {
    const { value, done } = await ahead.next();
    for (const event of value ?? []) if (event.id !== undefined) events.set(nameOf(event.id), event);
    for (const name of events.keys()) {
      if (events.size <= held) break;
      events.delete(name);
    }
    return done !== true;
  }

  function alone(id: EventId): Promise<JournalEvent | undefined> {
    single += 1;
    return get(id, edge.world);
  }

  async function get(id: EventId, worldId: string): Promise<JournalEvent | undefined> {
    try {
      return (await journal.get({ worldId, which: { case: "id", value: id } })).event;
    } catch (error) {
      if (errorCodeOf(error) === UNKNOWN) return undefined;
      throw error;
    }
  }

  return {
    get single() {
      return single;
    },
    records: () => recordsOf(edge, shard, page),
    async event(id) {
      const name = nameOf(id);
      for (let pages = 0; pages < PAGES_AHEAD && !events.has(name); pages++) if (!(await readOn())) break;
      return events.get(name) ?? alone(id);
    },
    async section(named) {
      const { section, digest, publisher, first, parts, world } = named;
      const found: Uint8Array[] = [];
      for (let at = 0; at < parts; at++) {
        const event = await get({ publisher, sequence: first + at }, world === "" ? edge.world : world);
        if (event === undefined)
          throw new OrreryError(serviceErrors.SERVICE_PACK_MISSING, {
            given: `part ${at} of ${section}, ${digest}`,
          });
        found.push(PackPart.decode(event.payload).bytes);
      }
      const bytes = new Uint8Array(Buffer.concat(found));
      checkSection(named, bytes);
      return bytes;
    },
    async segment(id, world) {
      const event = await get(id, world === "" ? edge.world : world);
      return event && StateSegment.decode(event.payload);
    },
  };
}

async function* pagesOf(
  edge: Edge,
  filter: MessageInitShape<typeof EventFilterSchema>,
  pageSize: number,
): AsyncGenerator<readonly JournalEvent[], undefined> {
  const journal = edge.client(JournalService);
  for (let pageToken = ""; ; ) {
    const asked = { worldId: edge.world, filter, order: Order.ARRIVAL, pageSize, pageToken };
    const { events, nextPageToken } = await journal.query(asked);
    yield events;
    if ((pageToken = nextPageToken) === "") return undefined;
  }
}

/**
 * Records in the order of their numbers: one that arrived out of order is waited for, some pages long. A checkpoint comes
 * where it arrived, but behind the record that it stands behind.
 */
async function* recordsOf(edge: Edge, shard: string, page: number): AsyncGenerator<Recorded> {
  const waiting: { readonly at: number; readonly told: Recorded }[] = [];
  let lastSeq: number | undefined;
  let newestSeq = 0;
  let waited = 0;
  const isNext = (seq: number) => lastSeq === undefined || seq === lastSeq || seq === lastSeq + 1;

  function* ready(atLast: boolean): Iterable<Recorded> {
    waiting.sort((a, b) => a.at - b.at);
    while (waiting[0] !== undefined && (atLast || isNext(Math.floor(waiting[0].at)))) {
      lastSeq = Math.floor(waiting[0].at);
      yield (waiting.shift() as (typeof waiting)[number]).told;
    }
  }

  const filter = { types: [IntakeCommitted.typeName, StateCheckpoint.typeName], keys: [shard] };
  for await (const events of pagesOf(edge, filter, page)) {
    for (const { type, payload, fingerprint } of events) {
      if (type === IntakeCommitted.typeName) {
        const record = IntakeCommitted.decode(payload);
        newestSeq = Math.max(newestSeq, record.intakeSeq);
        waiting.push({ at: record.intakeSeq, told: { record, fingerprint } });
      } else {
        const checkpoint = StateCheckpoint.decode(payload);
        // Between two records: behind all that came before it.
        const at = Math.max(newestSeq, checkpoint.intakeSeq) + BEHIND;
        waiting.push({ at, told: { checkpoint, fingerprint } });
      }
    }
    yield* ready(waited >= PAGES_AHEAD);
    waited = waiting.length === 0 ? 0 : waited + 1;
  }
  yield* ready(true);
}

const BEHIND = 0.5;
