import { headers, type Msg, type MsgHdrs } from "@nats-io/transport-node";
import type { FrameHead } from "@orrery/wire";

const COUNT = "Orrery-Count";
const PUBLISHER = "Orrery-Publisher";
const FIRST = "Orrery-First";
const LAST = "Orrery-Last";
const TIME = "Orrery-Time";
const TYPES = "Orrery-Types";
const WORLD = "Orrery-World";
const ATTEMPT = "Orrery-Attempt";
const GENERATION = "Orrery-Generation";
const DELAY = "Orrery-Delay";

/** What of a frame's head lag and filters need, so that they are read without the frame. */
export type HeadFacts = Pick<
  FrameHead,
  "count" | "publisher" | "firstSequence" | "lastSequence" | "timeMs" | "types" | "world"
>;

export function headHeaders(head: HeadFacts): MsgHdrs {
  const hdrs = headers();
  hdrs.set(COUNT, String(head.count));
  hdrs.set(PUBLISHER, head.publisher);
  hdrs.set(FIRST, String(head.firstSequence));
  hdrs.set(LAST, String(head.lastSequence));
  hdrs.set(TIME, String(head.timeMs));
  hdrs.set(TYPES, head.types.join(","));
  hdrs.set(WORLD, head.world);
  return hdrs;
}

/** Undefined when the message is none of ours, or its headers say what cannot be. */
export function readHead(hdrs: MsgHdrs | undefined): HeadFacts | undefined {
  if (hdrs === undefined || !hdrs.has(COUNT)) return undefined;
  const [count, firstSequence, lastSequence, timeMs] = [COUNT, FIRST, LAST, TIME].map((name) =>
    hdrs.get(name) === "" ? Number.NaN : Number(hdrs.get(name)),
  ) as [number, number, number, number];
  if (!(count > 0 && firstSequence >= 0 && lastSequence >= firstSequence && Number.isFinite(timeMs)))
    return undefined;
  if (!Number.isSafeInteger(count) || !Number.isSafeInteger(lastSequence)) return undefined;
  return {
    count,
    publisher: hdrs.get(PUBLISHER),
    firstSequence,
    lastSequence,
    timeMs,
    types: hdrs.get(TYPES).split(","),
    world: hdrs.get(WORLD),
  };
}

/** How a requeued frame is to come back. */
export interface Return {
  readonly attempt: number;
  readonly generation: number;
  readonly delayMs: number;
}

export function returnHeaders(terms: Return): MsgHdrs {
  const hdrs = headers();
  hdrs.set(ATTEMPT, String(terms.attempt));
  hdrs.set(GENERATION, String(terms.generation));
  hdrs.set(DELAY, String(Math.ceil(terms.delayMs)));
  return hdrs;
}

export function readReturn(hdrs: MsgHdrs | undefined): Return {
  const number = (name: string, otherwise: number) => {
    const given = hdrs?.has(name) ? Number(hdrs.get(name)) : otherwise;
    return Number.isFinite(given) && given >= 0 ? given : otherwise;
  };
  return { attempt: number(ATTEMPT, 1), generation: number(GENERATION, 0), delayMs: number(DELAY, 0) };
}

/** What the server says of a delivery, in the subject that answers go to. */
export interface DeliveryFacts {
  /** Place in the stream. */
  readonly sequence: number;
  /** 1 at first. */
  readonly deliveries: number;
  /** Messages of this consumer still to be delivered. */
  readonly pending: number;
  /** Names the message for ever: stream, place there, time. */
  readonly place: string;
}

const SHORT_FORM = 9;

/** `$JS.ACK.[<domain>.<account>.]<stream>.<consumer>.<delivered>.<stream seq>.<consumer seq>.<ns>.<pending>`. */
export function deliveryFacts(message: Msg): DeliveryFacts {
  const tokens = (message.reply ?? "").split(".");
  const at = tokens.length > SHORT_FORM ? 6 : 4;
  return {
    deliveries: Number(tokens[at]),
    sequence: Number(tokens[at + 1]),
    pending: Number(tokens[at + 4]),
    place: `${tokens[at - 2]}/${tokens[at + 1]}/${tokens[at + 3]}`,
  };
}
