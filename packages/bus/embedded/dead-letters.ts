import { OrreryError } from "@orrery/wire";
import { busErrors } from "../errors.ts";
import type { DeadLetter, DeadLetterQuery, NewDeadLetter } from "../transport.ts";
import type { Groups } from "./groups.ts";

/** Digits of an entry id: text order is entry order. */
const DIGITS = 15;

interface Row {
  readonly entry: number;
  readonly facts: string;
  readonly frame: Uint8Array;
  readonly payload: Uint8Array;
}

export function createDeadLetters(groups: Groups) {
  const { db } = groups;
  const insert = db.prepare(
    "INSERT OR IGNORE INTO dead_letters (subscription, identity, facts, frame, payload) VALUES (?, ?, ?, ?, ?)",
  );
  const find = db.prepare(
    "SELECT entry, facts, frame, payload FROM dead_letters WHERE subscription = ? AND identity = ?",
  );
  const page = db.prepare(
    "SELECT entry, facts, frame, payload FROM dead_letters WHERE subscription = ? AND entry > ? ORDER BY entry LIMIT ?",
  );
  const remove = db.prepare("DELETE FROM dead_letters WHERE subscription = ? AND entry = ?");
  const count = db.prepare("SELECT count(*) AS n FROM dead_letters WHERE subscription = ?");

  return {
    count: (subscription: string) => (count.get(subscription) as { n: number }).n,
    add(subscription: string, letter: NewDeadLetter): DeadLetter {
      const { frame, payload, ...facts } = letter;
      const identity = identityOf(letter);
      insert.run(subscription, identity, JSON.stringify(facts), frame, payload);
      return read(find.get(subscription, identity) as unknown as Row);
    },
    page(subscription: string, query: DeadLetterQuery): DeadLetter[] {
      const rows = page.all(subscription, Number(query.after ?? 0), query.limit) as unknown as Row[];
      return rows.map(read);
    },
    remove(subscription: string, entryId: string): void {
      const result = remove.run(subscription, Number(entryId));
      if (Number(result.changes) === 1) return;
      throw new OrreryError(busErrors.BUS_DEAD_LETTER_UNKNOWN, { given: `${subscription} ${entryId}` });
    },
  };
}

/** Unreadable frames have no identity to go by: each is its own. */
function identityOf(letter: NewDeadLetter): string {
  if (letter.contentType === "frame") return crypto.randomUUID();
  return `${letter.publisher}/${letter.sequence}/${letter.generation}`;
}

function read(row: Row): DeadLetter {
  const facts = JSON.parse(row.facts) as Omit<DeadLetter, "frame" | "payload" | "entryId">;
  return {
    ...facts,
    frame: row.frame,
    payload: row.payload,
    entryId: String(row.entry).padStart(DIGITS, "0"),
  };
}
