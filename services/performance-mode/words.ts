/** What a value of an enum is called in words; `unknown` of another code's. */
export const wordOf = (names: Readonly<Record<string, number>>, value: number): string =>
  Object.entries(names)
    .find(([, own]) => own === value)?.[0]
    .toLowerCase() ?? "unknown";
