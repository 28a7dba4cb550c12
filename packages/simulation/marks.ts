import { create } from "@bufbuild/protobuf";
import { type Mark, MarkSchema, type Progress } from "@orrery/schema/simulation/v1";

/**
 * Which events a shard has handled: per publisher the highest sequence, and the ones below it still to come.
 * Sequences of a publisher have no gaps at the source, so the open ones are few: events of other types or
 * worlds never reach the shard, and are not counted as open until a lower one arrives.
 */
export function hasSeen(progress: Progress, publisher: string, sequence: number): boolean {
  const mark = markOf(progress, publisher);
  return mark !== undefined && sequence <= mark.high && !mark.open.includes(sequence);
}

export function markSeen(progress: Progress, publisher: string, sequence: number, ofPlatform: boolean): void {
  const mark = markOf(progress, publisher);
  if (mark === undefined) {
    progress.marks.push(create(MarkSchema, { publisher, high: sequence, ofPlatform }));
  } else if (sequence > mark.high) {
    mark.high = sequence;
  } else {
    mark.open = mark.open.filter((open) => open !== sequence);
  }
}

/** Keeps a place for an event that failed and will come again, while later ones go ahead. */
export function leaveOpen(
  progress: Progress,
  publisher: string,
  sequence: number,
  ofPlatform: boolean,
): void {
  if (hasSeen(progress, publisher, sequence)) return;
  const mark = markOf(progress, publisher);
  if (mark === undefined) {
    progress.marks.push(create(MarkSchema, { publisher, high: sequence, open: [sequence], ofPlatform }));
  } else if (sequence > mark.high) {
    mark.high = sequence;
    mark.open.push(sequence);
  }
}

/** Makes room for an event that was given up and comes once more, however far the others are. */
export function reopen(progress: Progress, publisher: string, sequence: number): void {
  const mark = markOf(progress, publisher);
  if (mark !== undefined && sequence <= mark.high && !mark.open.includes(sequence)) mark.open.push(sequence);
}

function markOf(progress: Progress, publisher: string): Mark | undefined {
  return progress.marks.find((mark) => mark.publisher === publisher);
}
