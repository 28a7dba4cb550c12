import { goTerms, readTerms } from "../data/terms.ts";

/** What the room looks at. Empty: all. */
export interface Selection {
  readonly subscription: string;
  readonly type: string;
  readonly code: string;
  /** Of one letter; needs its subscription. */
  readonly entry: string;
}

export function readSelection(filter: string): Selection {
  const { subscription = "", type = "", code = "", entry = "" } = readTerms(filter);
  return { subscription, type, code, entry };
}

export function select(selection: Selection, change: Partial<Selection>): void {
  goTerms({ ...selection }, { ...change });
}

/** As the service takes it. */
export const filterOf = ({ subscription, type, code, entry }: Selection) => ({
  subscription,
  type,
  code,
  entryIds: entry === "" ? [] : [entry],
});
