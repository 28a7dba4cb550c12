import { codecs } from "@orrery/schema/registry";
import type { Logger } from "@orrery/service";
import {
  type ContentType,
  encodeBytes,
  type Frame,
  type FrameEvent,
  type Lane,
  stripServerOnly,
} from "@orrery/wire";
import type { Audience, SeenEvent } from "./seen-event.ts";

/** Types that any client may see, for the subscription to the bus. */
export function visibleTypes(): string[] {
  return [...codecs.values()]
    .filter(({ event }) => event !== undefined && event.audience !== "none")
    .map(({ typeName }) => typeName);
}

/** An event as it travels. */
export type Travelling = Pick<
  FrameEvent,
  "type" | "key" | "sequence" | "timeMs" | "cause" | "payload" | "decode"
>;

/** What a frame says of all its events. */
export interface Travels {
  readonly world: string;
  readonly source: string;
  readonly publisher: string;
  readonly lane: Lane;
  readonly contentType: ContentType;
}

/** What clients may know of an event, of the frame's own bytes; undefined when no client may. @throws WIRE_* when its bytes are no such event */
function see(event: Travelling, frame: Travels): SeenEvent | undefined {
  const codec = codecs.get(event.type);
  if (codec?.event === undefined || codec.event.audience === "none") return undefined;
  // Clients read protobuf whatever the publisher wrote.
  const payload =
    frame.contentType === "protobuf" ? event.payload : encodeBytes(codec, event.decode(codec) as object);
  const { sequence, type, key, timeMs, cause } = event;
  const audience = audienceFromPayload(codec, payload, key);
  if (audience === undefined) return undefined;
  const { world, source, publisher, lane } = frame;
  return {
    world,
    source,
    publisher,
    sequence,
    lane,
    type,
    key,
    timeMs,
    cause,
    payload: stripServerOnly(codec, payload),
    coalesce: codec.event.coalesce,
    audience,
  };
}

/** Those of a frame's events that clients may know of. One that cannot be read is nobody's: no client could read it. */
export function seeEach(
  events: Iterable<Travelling>,
  frame: Travels,
  log: Pick<Logger, "warn">,
): readonly SeenEvent[] {
  const seen: SeenEvent[] = [];
  for (const event of events) {
    try {
      const one = see(event, frame);
      if (one !== undefined) seen.push(one);
    } catch (error) {
      const { type, sequence } = event;
      log.warn(
        { err: error, type, publisher: frame.publisher, sequence },
        "an event cannot be read; no client gets it",
      );
    }
  }
  return copied(seen);
}

/**
 * The frame's buffer goes back to the bus when its handler returns. What is kept of it lies in one piece: a buffer of its
 * own for each event would cost more than most events are.
 */
function copied(seen: readonly SeenEvent[]): readonly SeenEvent[] {
  const bytes = new Uint8Array(seen.reduce((sum, { payload }) => sum + payload.length, 0));
  let at = 0;
  return seen.map((event) => {
    bytes.set(event.payload, at);
    const payload = bytes.subarray(at, (at += event.payload.length));
    return { ...event, payload };
  });
}

export const seeFrame = (frame: Frame, log: Pick<Logger, "warn">): readonly SeenEvent[] =>
  seeEach(walk(frame), frame, log);

function* walk(frame: Frame): Iterable<Travelling> {
  for (const cursor = frame.cursor(); cursor.next(); ) yield cursor;
}

type KnownCodec = NonNullable<ReturnType<typeof codecs.get>>;

/** Audiences of which there are many alike: one object for all. */
const WORLD: Audience = { to: "world" };
const regions = new Map<string, Audience>();
const MOST_REGIONS = 10_000;

function regionAudience(region: string): Audience {
  let audience = regions.get(region);
  if (audience === undefined) {
    if (regions.size >= MOST_REGIONS) regions.clear();
    regions.set(region, (audience = { to: "region", region }));
  }
  return audience;
}

/** Who may have an event, by its type's option. */
export function audienceFromPayload(
  codec: KnownCodec,
  payload: Uint8Array,
  key: string,
): Audience | undefined {
  const facts = codec.event;
  switch (facts?.audience) {
    case "world":
      return WORLD;
    case "region": {
      const region = fieldOf(codec, payload, facts.regionField);
      return typeof region === "string" ? regionAudience(region) : undefined;
    }
    case "entity":
      return { to: "entity", entity: key };
    case "listed": {
      const players = fieldOf(codec, payload, facts.listedField);
      return Array.isArray(players) ? { to: "players", players } : undefined;
    }
    case "owner":
      return { to: "players", players: [key] };
    default:
      return undefined;
  }
}

/** A field by the name it has in messages, read lazily. */
function fieldOf(codec: KnownCodec, payload: Uint8Array, localName: string | undefined): unknown {
  return localName === undefined ? undefined : (codec.view(payload) as Record<string, unknown>)[localName];
}
