import { encodeBytes } from "@orrery/wire";
import type { Aggregate } from "../aggregate.ts";
import type { AnyState } from "../state/state.ts";
import type { Table } from "../state/table.ts";
import { isAnswering } from "./answering.ts";

/** Looks at a state's intents after each input, in tests: whoever is asked outside knows each by its id, for ever. */
export interface IntentWatch {
  /** @throws when an id stands for something else than it once did */
  taken(input: string): void;
}

/** @param stateNow throws as long as there is no world */
export function watchIntents({ commands, state: types }: Aggregate, stateNow: () => AnyState): IntentWatch {
  const tables = commands.filter(isAnswering).map(({ answers }) => answers);
  /** By table and id: what was asked; undefined once it is gone. */
  const asked = new Map<string, Uint8Array | undefined>();

  function look(input: string, name: string): void {
    const intents = (stateNow() as unknown as Record<string, Table<object>>)[name] as Table<object>;
    for (const slot of asked.keys()) {
      const [table, id] = JSON.parse(slot) as [string, string];
      if (table === name && !intents.has(id)) asked.set(slot, undefined);
    }
    for (const [id, intent] of intents) {
      const slot = JSON.stringify([name, id]);
      const now = encodeBytes(types.tables[name], intent);
      const known = asked.get(slot);
      if (known === undefined && asked.has(slot))
        throw new Error(
          `${input} asks under ${JSON.stringify(id)} of ${name} again: name the occasion in it`,
        );
      if (known !== undefined && Buffer.compare(known, now) !== 0)
        throw new Error(
          `${input} changed what ${JSON.stringify(id)} of ${name} asks: it may have been asked already; remove it, and ask anew`,
        );
      asked.set(slot, now);
    }
  }

  return {
    taken(input) {
      for (const table of tables) look(input, table);
    },
  };
}
