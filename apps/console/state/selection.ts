import { go } from "../data/link.ts";

/** What the room looks at; stands in the address as `collection owner key`. */
export interface Selection {
  readonly collection: string;
  /** Empty: nobody's. */
  readonly owner: string;
  /** Empty: no object. */
  readonly key: string;
}

const NOBODY = "-";
export const CONFLICTS = "!conflicts";

export function readSelection(filter: string): Selection {
  const [collection = "", owner = NOBODY, ...key] = filter.split(" ");
  return { collection: collection || "progress", owner: owner === NOBODY ? "" : owner, key: key.join(" ") };
}

export function select({ collection, owner, key }: Selection): void {
  go({ filter: `${collection} ${owner || NOBODY} ${key}`.trim() });
}
