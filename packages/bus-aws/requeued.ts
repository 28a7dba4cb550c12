import { busErrors, type Clock, frameHead, type RequeueTerms } from "@orrery/bus";
import { OrreryError } from "@orrery/wire";
import type { DeadLetters } from "./dead-letters.ts";
import type { Known } from "./known.ts";
import { LIMITS } from "./limits.ts";
import { parcelOf } from "./message.ts";
import type { Resolved } from "./options.ts";
import type { Outbox } from "./outbox.ts";

export const LONGEST_DELAY_MS = LIMITS.delaySeconds * 1000;

export interface RequeueingTerms {
  readonly clock: Clock;
  readonly options: Resolved;
  readonly letters: DeadLetters;
  readonly maxFrameBytes: number;
  /** To the subscription's queue itself. */
  outbox(known: Known): Outbox;
}

export type Requeueing = (known: Known, frame: Uint8Array, terms: RequeueTerms) => Promise<void>;

/** Frames for one subscription alone: straight to its queue. SQS counts delays in seconds; the rest waits at the member. */
export function createRequeueing({
  clock,
  options,
  letters,
  maxFrameBytes,
  outbox,
}: RequeueingTerms): Requeueing {
  return async (known, frame, terms) => {
    const { delayMs, attempt, generation, entryId } = terms;
    const ordered = known.spec.order === "key";
    if (frame.length > maxFrameBytes) {
      throw new OrreryError(busErrors.BUS_FRAME_TOO_LARGE, {
        given: `${frame.length} bytes, limit ${maxFrameBytes}`,
      });
    }
    const most = ordered ? 0 : LONGEST_DELAY_MS;
    if (!(delayMs >= 0 && delayMs <= most)) {
      const why = ordered ? ", FIFO queues take no delay for one message" : "";
      throw new OrreryError(busErrors.BUS_FEATURE_MISSING, {
        given: `delay ${delayMs} ms, at most ${most}${why}`,
      });
    }
    const head = frameHead(frame);
    if (entryId !== undefined) await letters.demand(known, entryId);
    // Of a group of its own: nothing that waits in order holds it up. Sent again within 5 minutes it is kept once.
    const id = entryId ?? crypto.randomUUID();
    await outbox(known).post({
      parcel: parcelOf(frame, options.frames, {
        head,
        return: { attempt, generation, notBeforeMs: delayMs === 0 ? 0 : Math.ceil(clock.now() + delayMs) },
      }),
      delaySeconds: Math.floor(delayMs / 1000),
      ...(ordered && { group: `requeued-${id}`, dedupId: `requeued-${id}` }),
    });
    if (entryId !== undefined) await letters.remove(known, entryId);
  };
}
