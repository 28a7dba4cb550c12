import type { Fields, Filter } from "./filter.ts";
import { parseFilter } from "./parse.ts";

/** Filters that were read before: whoever resolves asks the same again and again. */
const KEPT_MOST = 500;

/** Reads filters over the same fields, each text once. */
export function filterReader(fields: Fields): (text: string) => Filter | undefined {
  const known = new Map<string, Filter | undefined>();
  return (text) => {
    if (known.has(text)) return known.get(text);
    const filter = parseFilter(text, fields);
    if (known.size >= KEPT_MOST) known.clear();
    known.set(text, filter);
    return filter;
  };
}
