import type { Kit } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import type { Kysely } from "kysely";
import { journalErrors } from "../errors.ts";
import { framesIn } from "./frames-in.ts";
import type { Keeper } from "./keep.ts";
import type { Segments } from "./segments.ts";
import type { JournalTables } from "./tables.ts";

/** What the index and the files do not agree about. */
export interface Disagreement {
  /** Files that the index leads to and that are missing, or shorter than it says. */
  readonly lost: readonly number[];
  /** Files that hold more than the index knows: from where, in which. */
  readonly unknown: readonly { readonly segment: number; readonly from: number }[];
}

/** @throws BUS_JOURNAL_ELSEWHERE when none of the files is here that the index leads to */
export async function compare(db: Kysely<JournalTables>, segments: Segments): Promise<Disagreement> {
  const ends = await db
    .selectFrom("frame")
    .select(({ fn, eb }) => ["segment", fn.max(eb("place", "+", eb.ref("bytes"))).as("end")])
    .groupBy("segment")
    .execute();
  const indexed = new Map(ends.map(({ segment, end }) => [segment, Number(end)]));
  const found = segments.found();
  const lost = [...indexed].filter(([segment, end]) => (found.get(segment) ?? 0) < end).map(([id]) => id);
  if (indexed.size > 0 && [...indexed.keys()].every((segment) => !found.has(segment)))
    throw new OrreryError(journalErrors.BUS_JOURNAL_ELSEWHERE, {
      given: `${indexed.size} files, of which this folder has none`,
    });
  const unknown = [...found]
    .map(([segment, bytes]) => ({ segment, from: indexed.get(segment) ?? 0, bytes }))
    .filter(({ from, bytes }) => bytes > from);
  return { lost, unknown };
}

/**
 * Takes up frames that are in the files and not in the index: the process died between the two, or the index is older
 * than the files, or was lost. Nothing is cut: a frame that cannot be read stays where it is.
 * @returns how many events are known again
 */
export async function adopt(
  kit: Kit,
  keeper: Keeper,
  segments: Segments,
  { lost, unknown }: Disagreement,
): Promise<number> {
  let events = 0;
  for (const { segment, from } of unknown) {
    // Packed anew while the process died: its frames stand in another file too, unless that is what is lost.
    if (segment < 0) {
      if (lost.length === 0 && from === 0) await segments.remove(segment);
      continue;
    }
    const bytes = segments.rest(segment, from);
    let at = 0;
    for (const frame of framesIn(bytes)) {
      events += await keeper.adopt(frame);
      at += frame.bytes.length;
    }
    // All of it is elsewhere now.
    if (from === 0 && at === bytes.length && segments.closed().includes(segment))
      await segments.remove(segment);
  }
  if (events > 0) kit.log.warn({ events }, "events that the index did not know were taken up from the files");
  return events;
}

/** For health: undefined when all files are whole. */
export function problemOf({ lost }: Disagreement): string | undefined {
  if (lost.length === 0) return undefined;
  return `${lost.length} files of the journal are missing or shorter than the index says (${lost.slice(0, 5).join(", ")}): bring them back from a backup; \`orrery world verify\` names the events`;
}
