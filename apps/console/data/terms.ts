import { go } from "./link.ts";

/** What a room looks at, as it stands in the address: `name=value` pairs in the filter. */
export type Terms = Readonly<Record<string, string>>;

export function readTerms(filter: string): Terms {
  return Object.fromEntries(new URLSearchParams(filter));
}

/** Changes some; an empty value takes one out. */
export function goTerms(terms: Terms, change: Terms): void {
  const next = Object.entries({ ...terms, ...change }).filter(([, value]) => value !== "");
  go({ filter: new URLSearchParams(next).toString() });
}
