import type { StateCheckpoint, StateSegment } from "@orrery/schema/bus/v1";
import { Progress, type SegmentUse } from "@orrery/schema/simulation/v1";
import type { EventId } from "@orrery/wire";
import type { Aggregate } from "./aggregate.ts";
import type { Opener } from "./personal.ts";
import { type ReadState, readState, StateTorn } from "./state/read.ts";

/** Puts the state of a checkpoint together from the segments that it names, as they come. */
export interface CheckpointReader {
  /** Takes a part of a segment, the parts of one in their order. @throws WORLD_STATE_TYPE, StateTorn */
  add(segment: StateSegment): Promise<void>;
  readonly isWhole: boolean;
  /** @throws StateTorn */
  end(): ReadState;
  progress(): Progress;
}

/** The events that hold the segments of a checkpoint, and in which world's journal: empty, in its own. */
export function* eventsOf({
  manifest,
}: Pick<StateCheckpoint, "manifest">): Iterable<{ readonly id: EventId; readonly world: string }> {
  for (const { publisher, first, parts, toldWorld: world } of manifest?.segments ?? [])
    for (let part = 0; part < parts; part++) yield { id: { publisher, sequence: first + part }, world };
}

/** Puts segments together from their parts. @returns the segment's number and bytes with its last part */
export function joinParts(): (part: StateSegment) => { segment: number; bytes: Uint8Array } | undefined {
  let open: Uint8Array[] = [];
  let of: number | undefined;
  return ({ segment, part, parts, bytes }) => {
    if (part === 0) [open, of] = [[], segment];
    if (of !== segment || open.length !== part)
      throw new StateTorn(`part ${part} of segment ${segment} is out of its order`);
    open.push(bytes);
    if (open.length < parts) return undefined;
    of = undefined;
    return { segment, bytes: open.length === 1 ? bytes : new Uint8Array(Buffer.concat(open)) };
  };
}

export function readCheckpoint(
  opener: Opener,
  aggregate: Pick<Aggregate, "state" | "earlier">,
  checkpoint: StateCheckpoint,
): CheckpointReader {
  const { manifest } = checkpoint;
  if (manifest === undefined) throw new StateTorn("the checkpoint names no segments");
  const uses = new Map<number, SegmentUse>(manifest.segments.map((use) => [use.segment, use]));
  const reader = readState(opener, aggregate, manifest);
  const joined = joinParts();
  return {
    async add(part) {
      const whole = joined(part);
      if (whole === undefined) return;
      const use = uses.get(whole.segment);
      if (use === undefined) throw new StateTorn(`segment ${whole.segment} is not one of the checkpoint's`);
      uses.delete(whole.segment);
      await reader.add(use, whole.bytes);
    },
    get isWhole() {
      return uses.size === 0;
    },
    end: () => reader.end(),
    progress: () => Progress.decode(checkpoint.progress),
  };
}
