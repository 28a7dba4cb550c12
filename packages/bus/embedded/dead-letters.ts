import { OrreryError } from "@orrery/wire";
import { payloadOf } from "../dead-letter.ts";
import { busErrors } from "../errors.ts";
import { letterId } from "../letter-id.ts";
import type { DeadLetter, DeadLetterQuery, NewDeadLetter } from "../transport.ts";
import type { Groups } from "./groups.ts";

interface Row {
  readonly facts: string;
  readonly frame: Uint8Array;
}

export function createDeadLetters(groups: Groups) {
  const { db } = groups;
  const insert = db.prepare(
    "INSERT OR IGNORE INTO dead_letters (subscription, entry, facts, frame) VALUES (?, ?, ?, ?)",
  );
  const find = db.prepare("SELECT facts, frame FROM dead_letters WHERE subscription = ? AND entry = ?");
  const page = db.prepare(
    "SELECT facts, frame FROM dead_letters WHERE subscription = ? AND entry > ? ORDER BY entry LIMIT ?",
  );
  const remove = db.prepare("DELETE FROM dead_letters WHERE subscription = ? AND entry = ?");
  const count = db.prepare("SELECT count(*) AS n FROM dead_letters WHERE subscription = ?");

  return {
    count: (subscription: string) => (count.get(subscription) as { n: number }).n,
    /** The same event of the same generation is kept once. */
    add(subscription: string, letter: NewDeadLetter): DeadLetter {
      const { frame, payload: _, ...facts } = { ...letter, entryId: letterId(letter) };
      insert.run(subscription, facts.entryId, JSON.stringify(facts), frame);
      return read(find.get(subscription, facts.entryId) as unknown as Row);
    },
    page(subscription: string, { after = "", limit }: DeadLetterQuery): DeadLetter[] {
      return (page.all(subscription, after, limit) as unknown as Row[]).map(read);
    },
    drop: (subscription: string, entryId: string) => void remove.run(subscription, entryId),
    remove(subscription: string, entryId: string): void {
      const result = remove.run(subscription, entryId);
      if (Number(result.changes) === 1) return;
      throw new OrreryError(busErrors.BUS_DEAD_LETTER_UNKNOWN, { given: `${subscription} ${entryId}` });
    },
  };
}

function read({ facts: text, frame }: Row): DeadLetter {
  const facts = JSON.parse(text) as Omit<DeadLetter, "frame" | "payload">;
  return { ...facts, frame, payload: payloadOf(facts, frame) };
}
