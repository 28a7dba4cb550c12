import type { Frame } from "@orrery/wire";
import type { Delivered } from "./delivered.ts";
import { Slot } from "./slot.ts";
import { signalOf, type Work } from "./work.ts";

/**
 * The wanted events of one frame. A call either takes them all, or has no effect, or says with `EventsFailed` which it
 * did not take.
 */
export interface FrameBatch {
  readonly frame: Frame;
  readonly world: string;
  readonly source: string;
  readonly publisher: string;
  /** Events in this batch; less than the frame's when some are not wanted, handled before or set aside. */
  readonly count: number;
  /** 1 on the first run; grows with each try. */
  readonly attempt: number;
  /** How often it was redriven from the dead letters. */
  readonly generation: number;
  /** Whether what follows this event under its key is to wait if it fails now: it is tried again in a moment. */
  holds(index: number): boolean;
  /** Aborts when the lease is lost or a drain's deadline has passed. */
  readonly signal: AbortSignal;
  /** In order. One object, reused: valid until the next step. */
  events(): Iterable<Delivered>;
}

/** A batch of those events of `work` whose index is in `indexes`; undefined: the whole frame. */
export function createFrameBatch(
  work: Work,
  indexes: ReadonlySet<number> | undefined,
  tries: number,
  own: (index: number) => { readonly tries: number; readonly holds: boolean },
): FrameBatch {
  const { frame } = work;
  return {
    frame,
    world: frame.world,
    source: frame.source,
    publisher: frame.publisher,
    count: indexes === undefined ? frame.count : indexes.size,
    attempt: work.triedBefore + tries,
    generation: work.delivery.generation,
    holds: (index) => own(index).holds,
    get signal() {
      return signalOf(work);
    },
    *events() {
      const slot = new Slot(ignore, ignore);
      for (const cursor = work.opened.cursor(); cursor.next(); ) {
        if (indexes !== undefined && !indexes.has(cursor.index)) continue;
        slot.attach(work, cursor);
        slot.tries = Math.max(tries, own(cursor.index).tries + 1);
        yield slot;
      }
    },
  };
}

const ignore = () => {};
