import { busErrors, frameHead, type RequeueTerms } from "@orrery/bus";
import { OrreryError } from "@orrery/wire";
import type { Connection } from "./connection.ts";
import type { DeadLetters } from "./dead-letters.ts";
import { returnHeaders } from "./frame-message.ts";
import type { Names } from "./names.ts";

/** Longest pause of a delivery or a requeued frame, ms: as the strictest of the brokers (SQS). */
export const LONGEST_DELAY_MS = 900_000;

export type Requeueing = (subscription: string, frame: Uint8Array, terms: RequeueTerms) => Promise<void>;

/** Frames for one subscription alone, in a stream where a settled message is gone. */
export function createRequeueing(
  { js }: Connection,
  names: Names,
  letters: DeadLetters,
  maxFrameBytes: number,
): Requeueing {
  return async (subscription, frame, terms) => {
    if (frame.length > maxFrameBytes) {
      throw new OrreryError(busErrors.BUS_FRAME_TOO_LARGE, {
        given: `${frame.length} bytes, limit ${maxFrameBytes}`,
      });
    }
    if (!(terms.delayMs >= 0 && terms.delayMs <= LONGEST_DELAY_MS)) {
      throw new OrreryError(busErrors.BUS_FEATURE_MISSING, {
        given: `delay ${terms.delayMs} ms, at most ${LONGEST_DELAY_MS}`,
      });
    }
    frameHead(frame);
    const { entryId } = terms;
    if (entryId !== undefined) await letters.demand(subscription, entryId);
    const { duplicate } = await js.publish(names.retry(subscription), frame, {
      headers: returnHeaders(terms),
      // Sent, but the letter not removed: sending it again within the window changes nothing.
      ...(entryId === undefined ? {} : { msgID: `redrive/${subscription}/${entryId}` }),
    });
    if (entryId === undefined) return;
    // It may be handled by now, and its letter gone with it; one that was sent before is somebody else's.
    if (duplicate) await letters.remove(subscription, entryId);
    else await letters.drop(subscription, entryId);
  };
}
