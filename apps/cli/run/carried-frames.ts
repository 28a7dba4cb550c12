import {
  busErrors,
  type Delivery,
  eventLetter,
  frameLetter,
  type NewDeadLetter,
  subsetFrame,
} from "@orrery/bus";
import { systemClock } from "@orrery/service";
import { type Frame, type Lane, openFrame, OrreryError } from "@orrery/wire";

/** A frame in the hands of a move. */
export interface Given {
  readonly subscription: string;
  readonly delivery: Delivery;
}

interface Carried {
  readonly frame: Uint8Array;
  readonly timeMs: number;
  readonly publisher: string;
  readonly sequence: number;
  readonly source: string;
  readonly lane: Lane;
}

/** What cannot be carried as it is, and the letter that takes its place. */
export interface Refused {
  readonly subscription: string;
  readonly letter: NewDeadLetter;
}

/** One that was given up, for people. */
export interface Named {
  readonly subscription: string;
  readonly event: string;
  readonly bytes: number;
  readonly code: string;
}

/**
 * Each frame once, in the order in which they were made, a publisher's by their sequences; those that are larger than
 * the other broker carries event by event. What cannot be read, or not be carried even so, becomes a dead letter.
 */
export function carriedFrames(given: readonly Given[], maxFrameBytes: number) {
  const frames = new Map<string, Carried>();
  const refused: Refused[] = [];
  let events = 0;
  for (const { subscription, delivery } of given) {
    let opened: Frame;
    try {
      opened = openFrame(delivery.frame);
    } catch (error) {
      refused.push({ subscription, letter: frameLetter(delivery, error, systemClock.now()) });
      continue;
    }
    const name = `${opened.publisher}/${opened.firstSequence}/${opened.count}`;
    if (!frames.has(name)) events += opened.count;
    if (delivery.frame.length <= maxFrameBytes) {
      frames.set(name, carriedOf(opened));
      continue;
    }
    for (const [index, one] of singles(opened).entries()) {
      if (one.length <= maxFrameBytes) frames.set(`${name}#${index}`, carriedOf(openFrame(one)));
      else
        refused.push({ subscription, letter: tooLarge(opened, delivery.generation, index, maxFrameBytes) });
    }
  }
  return { frames: inOrder([...frames.values()]), events, refused };
}

export function givenUpFor({ subscription, letter }: Refused): Named {
  const { publisher, sequence, type, code, payload } = letter;
  const event = publisher === "" ? "a frame without a header" : `${type} ${publisher}/${sequence}`.trim();
  return { subscription, event, bytes: payload.length, code };
}

function singles(frame: Frame): Uint8Array[] {
  return Array.from({ length: frame.count }, (_, index) => subsetFrame(frame, new Set([index])));
}

function tooLarge(frame: Frame, generation: number, index: number, maxFrameBytes: number): NewDeadLetter {
  const error = new OrreryError(busErrors.BUS_EVENT_TOO_LARGE, {
    given: `the broker it was moved to carries ${maxFrameBytes} bytes`,
  });
  const atMs = systemClock.now();
  const given = { index, reason: "REJECTED", error, attempts: 0, firstMs: atMs, lastMs: atMs } as const;
  return eventLetter(frame, generation, given);
}

function carriedOf(frame: Frame): Carried {
  const { publisher, firstSequence: sequence, source, lane, bytes } = frame;
  const cursor = frame.cursor();
  cursor.next();
  return { frame: bytes, timeMs: cursor.timeMs, publisher, sequence, source, lane };
}

function inOrder(waiting: Carried[]): Carried[] {
  const own = Map.groupBy(waiting, ({ publisher }) => publisher);
  for (const of of own.values()) of.sort((a, b) => a.sequence - b.sequence);
  // A publisher's times never say more than its sequences: its turn comes by time, its next frame by sequence.
  waiting.sort((a, b) => a.timeMs - b.timeMs);
  return waiting.map(({ publisher }) => own.get(publisher)?.shift() as Carried);
}
