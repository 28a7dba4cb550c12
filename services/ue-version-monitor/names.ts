/** A value of an enum by its name, in small letters. */
export const nameOf = (names: Readonly<Record<string, number>>, value: number): string =>
  Object.keys(names)
    .find((name) => names[name] === value)
    ?.toLowerCase() ?? "unknown";
