import type { Filter } from "../filter/filter.ts";
import type { Book } from "./book.ts";
import { type Match, matching } from "./match.ts";

const KEPT_MOST = 200;

/** Who fits which filter, as of a revision: loads change all the time, and who fits only with it. */
export function createMatches(book: Book): (text: string, filter: Filter | undefined) => readonly Match[] {
  const known = new Map<string, readonly Match[]>();
  let revision = book.revision;
  return (text, filter) => {
    if (revision !== book.revision || known.size >= KEPT_MOST) known.clear();
    revision = book.revision;
    let found = known.get(text);
    if (found === undefined) known.set(text, (found = [...matching(book, filter)]));
    return found;
  };
}
