import { Lane } from "@orrery/schema/orrery";
import type { SeenEvent } from "./seen-event.ts";

/** Where a client stands. */
export interface Place {
  /** Last sequence of each stream it names. */
  readonly marks: ReadonlyMap<string, number>;
  /** Of streams it does not name it has all from before this moment, Unix ms. */
  readonly timeMs: number;
}

/** Events of one stream with sequences above `after` up to `until`, of these only those since `fromMs`, if not 0. */
export interface Stretch {
  /** Where the stream is kept: the ring's world, or the platform. */
  readonly world: string;
  readonly publisher: string;
  readonly after: number;
  readonly until: number;
  readonly fromMs: number;
}

export interface StreamHead {
  readonly world: string;
  readonly publisher: string;
  readonly lane: Lane;
  readonly sequence: number;
  /** Time of its newest event, Unix ms. */
  readonly lastMs: number;
}

/*
 * How far back a ring reaches in each stream, and what is not known of it. A stream that was heard live is here from its
 * first live event on. Of one that was not, nothing is known until the journal has told of every stream there was before
 * the ring began (`settle`): from then on a stream that nobody has told of has never spoken. Silence proves nothing
 * before that.
 */
export interface Streams {
  /** Takes note of a live event. `early`: it is here already, as it was read from the journal before it came. */
  hear(event: SeenEvent, nowMs: number): "before" | "early" | "new";
  /** Every stream there was when the ring began, and how far it had come. */
  settle(heads: readonly StreamHead[]): void;
  readonly settled: boolean;
  /**
   * What must be read before a client that stands there can be given all it lacks; undefined: nobody knows, for streams
   * are not settled, or it names one that nobody has ever heard.
   */
  lacks(place: Place): readonly Stretch[] | undefined;
  /** Whether an event of one of these stretches is from before what is here. */
  isBefore(event: SeenEvent, stretches: readonly Stretch[]): boolean;
  /** Stretches are here now, with these events. */
  reach(stretches: readonly Stretch[], events: readonly SeenEvent[]): void;
  /** The oldest of its stream is here no longer. */
  gone(event: SeenEvent): void;
  /**
   * How far each stream has been heard live of which something was heard since then. What only the journal told of may
   * still come live.
   */
  headsSince(sinceMs: number): readonly Head[];
  /** Last sequences up to where a client that stands there will have all, though the live events may still come. */
  early(place: Place): ReadonlyMap<string, number>;
}

export interface Head {
  readonly publisher: string;
  readonly lane: Lane;
  readonly sequence: number;
}

interface Stream {
  readonly world: string;
  readonly lane: Lane;
  /** Everything from this sequence on is here. */
  floor: number;
  /** What was said before the floor is not younger, Unix ms; -Infinity: nothing was. */
  beforeMs: number;
  /** Last live sequence; 0: none. */
  live: number;
  /** When that was heard, Unix ms. */
  heardMs: number;
}

const LANES = { realtime: Lane.REALTIME, standard: Lane.STANDARD, bulk: Lane.BULK } as const;

export function createStreams(): Streams {
  const streams = new Map<string, Stream>();
  /** Last sequences that were read from the journal above what came live. */
  const early = new Map<string, number>();
  let settled = false;

  function hear(
    { world, publisher, sequence, lane, timeMs }: SeenEvent,
    nowMs: number,
  ): "before" | "early" | "new" {
    const stream = streams.get(publisher);
    if (stream === undefined) {
      const beforeMs = sequence > 1 ? timeMs : Number.NEGATIVE_INFINITY;
      streams.set(publisher, {
        world,
        lane: LANES[lane],
        floor: sequence,
        beforeMs,
        live: sequence,
        heardMs: nowMs,
      });
      return "new";
    }
    if (sequence <= stream.live) return "before";
    const first = stream.live === 0;
    stream.live = sequence;
    stream.heardMs = nowMs;
    const readUpTo = early.get(publisher) ?? 0;
    if (sequence >= readUpTo) early.delete(publisher);
    if (sequence <= readUpTo) return "early";
    // The journal had told of it as of something past before it came.
    if (first && sequence < stream.floor) stream.floor = sequence;
    return "new";
  }

  function lacks({ marks, timeMs }: Place): readonly Stretch[] | undefined {
    if (!settled) return undefined;
    const stretches: Stretch[] = [];
    for (const [publisher, after] of marks) {
      const stream = streams.get(publisher);
      if (stream === undefined) return undefined;
      const { world, floor } = stream;
      if (after + 1 < floor) stretches.push({ world, publisher, after, until: floor - 1, fromMs: 0 });
    }
    for (const [publisher, { world, floor, beforeMs }] of streams) {
      if (beforeMs < timeMs || floor <= 1 || marks.has(publisher)) continue;
      stretches.push({ world, publisher, after: 0, until: floor - 1, fromMs: timeMs });
    }
    return stretches;
  }

  /** Whether nothing lies between a stretch and what is here. */
  const joins = ({ until }: Stretch, stream: Stream | undefined): stream is Stream =>
    stream !== undefined && until + 1 >= stream.floor;

  return {
    hear,
    settle(heads) {
      settled = true;
      for (const { world, publisher, lane, sequence, lastMs } of heads) {
        if (streams.has(publisher)) continue;
        const beforeMs = sequence > 0 ? lastMs : Number.NEGATIVE_INFINITY;
        streams.set(publisher, { world, lane, floor: sequence + 1, beforeMs, live: 0, heardMs: 0 });
      }
    },
    get settled() {
      return settled;
    },
    lacks,
    isBefore({ publisher, sequence }, stretches) {
      const stream = streams.get(publisher);
      return stretches.some(
        (stretch) =>
          stretch.publisher === publisher &&
          joins(stretch, stream) &&
          sequence > stretch.after &&
          sequence < stream.floor,
      );
    },
    reach(stretches, events) {
      for (const stretch of stretches) {
        const stream = streams.get(stretch.publisher);
        if (!joins(stretch, stream)) continue;
        const own = events.filter(({ publisher }) => publisher === stretch.publisher);
        const last = own.at(-1)?.sequence ?? 0;
        if (last > stream.live) early.set(stretch.publisher, last);
        const since = stretch.fromMs > 0 && stretch.after === 0;
        if (!since) stream.floor = Math.min(stream.floor, stretch.after + 1);
        else {
          stream.floor = Math.min(stream.floor, own[0]?.sequence ?? stream.floor);
          stream.beforeMs = Math.min(stream.beforeMs, stretch.fromMs - 1);
        }
      }
    },
    gone({ publisher, sequence, timeMs }) {
      const stream = streams.get(publisher);
      if (stream === undefined) return;
      stream.floor = Math.max(stream.floor, sequence + 1);
      stream.beforeMs = Math.max(stream.beforeMs, timeMs);
    },
    headsSince(sinceMs) {
      const heads: Head[] = [];
      for (const [publisher, { lane, live, heardMs }] of streams)
        if (live > 0 && heardMs >= sinceMs) heads.push({ publisher, lane, sequence: live });
      return heads;
    },
    early({ marks }) {
      const ahead = new Map(early);
      for (const [publisher, mark] of marks)
        if (mark > (streams.get(publisher)?.live ?? 0))
          ahead.set(publisher, Math.max(mark, ahead.get(publisher) ?? 0));
      return ahead;
    },
  };
}
