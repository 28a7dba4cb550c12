import type { EventCursor, Frame } from "@orrery/wire";
import type { Leased } from "./lease.ts";
import type { Delivery } from "./transport.ts";

/** One leased frame on its way through a subscription. */
export interface Work extends Leased {
  readonly delivery: Delivery;
  /** As it was delivered: what is handed back or set aside is taken from it. */
  readonly frame: Frame;
  /** What handlers read: the frame, or the same events with personal fields in the clear. */
  opened: Frame;
  cursor: EventCursor;
  /** By type index of the frame; undefined: every type is wanted. */
  readonly wanted: readonly boolean[] | undefined;
  /** Under what its events are remembered as handled: their publisher, and the generation that a redrive gave them. */
  readonly seenAs: string;
  /** Some events of it were handled here before: each is asked for. */
  readonly partlySeen: boolean;
  /** Handler runs per event in earlier rounds. */
  readonly triedBefore: number;
  readonly firstMs: number;
  /** Events begun, parked or waiting for a retry, not yet finished. */
  open: number;
  /** The cursor has not reached the end. */
  reading: boolean;
  /** Any handler has been started. */
  started: boolean;
  /** Failed in this round; unordered subscriptions requeue them. */
  readonly setAside: SetAside[];
  /** Indexes that are not to be remembered as handled. */
  readonly unhandled: Set<number>;
  lost: boolean;
  finished: boolean;
  controller: AbortController | undefined;
  /** The same frame, delivered again meanwhile. */
  doubles: Work[];
}

/** An event that goes back to the broker. */
export interface SetAside {
  readonly index: number;
  readonly delayMs: number;
  readonly attempt: number;
}

/** The work's signal, made when first asked for. */
export function signalOf(work: Work): AbortSignal {
  work.controller ??= new AbortController();
  if (work.lost) work.controller.abort();
  return work.controller.signal;
}

/**
 * A redriven event is another than the one that was given up: that an earlier delivery was passed over says nothing of
 * it. One that is handled is so for all generations before it, too.
 */
export const seenAs = (publisher: string, generation: number): string =>
  generation === 0 ? publisher : `${publisher}\n${generation}`;
