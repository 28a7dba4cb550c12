import type { Reader } from "./read.ts";

/**
 * Reads a page once for all who ask for it at the same moment: each commit wakes every tail, and those that are in
 * step with one another want the same.
 */
export function sharePages(reader: Reader): Reader {
  const underWay = new Map<string, ReturnType<Reader["page"]>>();
  return {
    ...reader,
    page(asked) {
      const name = JSON.stringify(asked);
      const known = underWay.get(name);
      if (known !== undefined) return known;
      const reading = reader.page(asked).finally(() => underWay.delete(name));
      underWay.set(name, reading);
      return reading;
    },
  };
}
