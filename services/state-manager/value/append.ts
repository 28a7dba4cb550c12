import { isList, type Value } from "./model.ts";
import { refuse } from "./refuse.ts";
import { setAt } from "./set-at.ts";

export interface Append {
  readonly path: string;
  readonly items: readonly Value[];
  readonly keepLast: number;
}

/** @throws STATE_SCHEMA */
export function appendItems(value: Value | undefined, { path, items, keepLast }: Append): Value {
  return setAt(value, path, (found) => {
    if (found !== undefined && !isList(found)) return refuse(path, "no list to append to");
    return [...(found ?? []), ...items].slice(-keepLast);
  });
}
