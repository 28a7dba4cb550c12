import { type SetResponseInit, Visibility } from "@orrery/schema/settings/v1";
import type { Turn } from "../write/turn.ts";
import type { Author } from "./author.ts";
import { problemOf, throwAll, type Wanted } from "./checks.ts";
import { stampAfter } from "./hlc.ts";
import { storedAt, writeValue } from "./write-value.ts";

export interface ToSet extends Wanted {
  /** Undefined: as it is. */
  readonly locked?: boolean | undefined;
}

/** Sets several values, all or none. @throws all that is wrong with them */
export function setAll(turn: Turn, items: readonly ToSet[], author: Author): SetResponseInit[] {
  throwAll(items.map((item) => problemOf(turn, item)));
  return items.map(({ target, value, locked }) => {
    const before = storedAt(turn, target);
    const wanted = {
      value,
      locked: locked ?? before?.locked ?? false,
      stamp: stampAfter(before?.hlc, turn.nowMs),
    };
    const { stored, changed } = writeValue(turn, target, wanted, author);
    const { definition } = target;
    const shown = definition.visibility === Visibility.SECRET ? { ...stored, value: undefined } : stored;
    return { stored: shown, changed, restart: definition.restart };
  });
}
