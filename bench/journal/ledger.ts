import { createHash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { openFrame } from "@orrery/wire";

/** One frame that a writer was told is kept. */
export interface Kept {
  readonly publisher: string;
  readonly first: number;
  readonly count: number;
  readonly sha256: string;
  /** When its last event was made, Unix ms. */
  readonly atMs: number;
}

export interface Differences {
  readonly frames: number;
  readonly events: number;
  /** Acknowledged frames that the journal lacks. */
  readonly missing: number;
  /** Frames or events that stand twice, or that nobody wrote. */
  readonly extra: number;
  /** Frames whose bytes are not those published. */
  readonly changed: number;
  /** Ordinals without an event, or used twice. */
  readonly ordinals: number;
}

interface Row {
  first: number;
  last: number;
  skip: number;
  segment: number;
  place: number;
  bytes: number;
}

/** Reads a stopped journal from its files, without the code that wrote them, and holds it against the ledger. */
export function compare(data: string, world: string, ledger: readonly Kept[]): Differences {
  const db = new DatabaseSync(join(data, "event-bus", "store.db"), { readOnly: true });
  const rows = db
    .prepare(
      "SELECT first, last, skip, segment, place, bytes FROM frame JOIN name ON name.id = world WHERE text = ? ORDER BY first",
    )
    .all(world) as unknown as Row[];
  db.close();
  const wanted = new Map(ledger.map((kept) => [`${kept.publisher}/${kept.first}`, kept]));
  const files = new Map<number, number>();
  const report = { frames: rows.length, events: 0, missing: 0, extra: 0, changed: 0, ordinals: 0 };
  let next = 1;
  for (const row of rows) {
    if (!files.has(row.segment)) {
      const name = `${String(row.segment).padStart(8, "0")}.frames`;
      files.set(row.segment, openSync(join(data, "event-bus", "journal", name), "r"));
    }
    const bytes = new Uint8Array(row.bytes);
    readSync(files.get(row.segment) as number, bytes, 0, row.bytes, row.place);
    const frame = openFrame(bytes);
    if (row.first !== next || row.last - row.first + 1 !== frame.count - row.skip) report.ordinals += 1;
    next = row.last + 1;
    report.events += frame.count - row.skip;
    const id = `${frame.publisher}/${frame.firstSequence}`;
    const kept = wanted.get(id);
    if (kept === undefined || row.skip > 0) report.extra += 1;
    else if (kept.sha256 !== createHash("sha256").update(bytes).digest("hex")) report.changed += 1;
    wanted.delete(id);
  }
  for (const file of files.values()) closeSync(file);
  return { ...report, missing: wanted.size };
}
