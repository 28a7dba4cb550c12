/** Something that a player may name. */
export interface Named {
  readonly id: string;
  readonly name: string;
}

const plain = (text: string) =>
  text
    .toLowerCase()
    .replace(/^(the|a|an) /, "")
    .trim();

/**
 * What somebody means: an id, a whole name, or the beginning of any word of one. Of several that fit the first of those given.
 * @returns undefined where nothing fits
 */
export function find<T extends Named>(said: string, among: readonly T[]): T | undefined {
  const wanted = plain(said);
  if (wanted === "") return undefined;
  return (
    among.find(({ id }) => id === said || id.slice(id.indexOf(":") + 1) === wanted) ??
    among.find(({ name }) => plain(name) === wanted) ??
    among.find(({ name }) => plain(name).startsWith(wanted)) ??
    among.find(({ name }) =>
      plain(name)
        .split(/\W+/)
        .some((word) => word.startsWith(wanted)),
    )
  );
}
