import { OrreryError } from "@orrery/wire";
import { busErrors } from "../errors.ts";
import type { DeadLetter, DeadLetterQuery, NewDeadLetter } from "../transport.ts";

/** Dead letters of every subscription, by entry id. */
export function createDeadLetters() {
  const bySubscription = new Map<string, Map<string, DeadLetter>>();
  let entries = 0;

  function of(subscription: string): Map<string, DeadLetter> {
    let letters = bySubscription.get(subscription);
    if (letters === undefined) bySubscription.set(subscription, (letters = new Map()));
    return letters;
  }

  /** The same event of the same generation is kept once. */
  function find(subscription: string, letter: NewDeadLetter): DeadLetter | undefined {
    const { publisher, sequence, generation } = letter;
    for (const one of of(subscription).values()) {
      if (one.sequence === sequence && one.publisher === publisher && one.generation === generation)
        return one;
    }
    return undefined;
  }

  return {
    count: (subscription: string) => of(subscription).size,
    add(subscription: string, letter: NewDeadLetter): DeadLetter {
      const same = letter.contentType === "frame" ? undefined : find(subscription, letter);
      if (same !== undefined) return same;
      const entryId = String(++entries).padStart(12, "0");
      const kept = { ...letter, entryId };
      of(subscription).set(entryId, kept);
      return kept;
    },
    page(subscription: string, query: DeadLetterQuery): DeadLetter[] {
      const after = query.after ?? "";
      return [...of(subscription).values()].filter((letter) => letter.entryId > after).slice(0, query.limit);
    },
    forget: (subscription: string) => void bySubscription.delete(subscription),
    remove(subscription: string, entryId: string): void {
      if (!of(subscription).delete(entryId)) {
        throw new OrreryError(busErrors.BUS_DEAD_LETTER_UNKNOWN, { given: `${subscription} ${entryId}` });
      }
    },
  };
}
