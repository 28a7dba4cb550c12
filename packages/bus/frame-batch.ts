import type { Frame } from "@orrery/wire";
import type { Delivered } from "./delivered.ts";
import { Slot } from "./slot.ts";
import { signalOf, type Work } from "./work.ts";

/** The wanted events of one frame. A call either takes them all or has no effect. */
export interface FrameBatch {
  readonly frame: Frame;
  readonly world: string;
  readonly source: string;
  readonly publisher: string;
  /** Events in this batch; less than the frame's when some are not wanted, handled before or set aside. */
  readonly count: number;
  /** 1 on the first run; grows with each try. */
  readonly attempt: number;
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
): FrameBatch {
  const { frame } = work;
  return {
    frame,
    world: frame.world,
    source: frame.source,
    publisher: frame.publisher,
    count: indexes === undefined ? frame.count : indexes.size,
    attempt: work.triedBefore + tries,
    get signal() {
      return signalOf(work);
    },
    *events() {
      const slot = new Slot(ignore, ignore);
      for (const cursor = work.opened.cursor(); cursor.next(); ) {
        if (indexes !== undefined && !indexes.has(cursor.index)) continue;
        slot.attach(work, cursor);
        slot.tries = tries;
        yield slot;
      }
    },
  };
}

const ignore = () => {};
