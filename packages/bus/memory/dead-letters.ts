import { OrreryError } from "@orrery/wire";
import { busErrors } from "../errors.ts";
import { letterId } from "../letter-id.ts";
import type { DeadLetter, DeadLetterQuery, NewDeadLetter } from "../transport.ts";

/** Dead letters of every subscription, by entry id. */
export function createDeadLetters() {
  const bySubscription = new Map<string, Map<string, DeadLetter>>();

  function of(subscription: string): Map<string, DeadLetter> {
    let letters = bySubscription.get(subscription);
    if (letters === undefined) bySubscription.set(subscription, (letters = new Map()));
    return letters;
  }

  return {
    count: (subscription: string) => of(subscription).size,
    /** The same event of the same generation is kept once. */
    add(subscription: string, letter: NewDeadLetter): DeadLetter {
      const letters = of(subscription);
      const entryId = letterId(letter);
      const kept = letters.get(entryId) ?? { ...letter, entryId };
      letters.set(entryId, kept);
      return kept;
    },
    page(subscription: string, { after = "", limit }: DeadLetterQuery): DeadLetter[] {
      const letters = [...of(subscription).values()].filter((letter) => letter.entryId > after);
      return letters.sort((a, b) => (a.entryId < b.entryId ? -1 : 1)).slice(0, limit);
    },
    forget: (subscription: string) => void bySubscription.delete(subscription),
    remove(subscription: string, entryId: string): void {
      if (!of(subscription).delete(entryId)) {
        throw new OrreryError(busErrors.BUS_DEAD_LETTER_UNKNOWN, { given: `${subscription} ${entryId}` });
      }
    },
  };
}
