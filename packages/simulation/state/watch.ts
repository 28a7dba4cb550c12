import { type Codec, encodeBytes } from "@orrery/wire";
import type { Aggregate } from "../aggregate.ts";
import { type AnyState, tablesOf } from "./state.ts";

/** Looks at a state after each input, in tests: what must not have changed, and what would not survive being written. */
export interface StateWatch {
  /** @throws when a message of a table changed that was not edited, or a value reads back as another */
  taken(input: string): void;
  /** @throws when it had changed the state before it was refused */
  refused(input: string, cause: unknown): void;
}

/** The root's name among the tables. */
const ROOT = "root";

/** @param stateNow throws as long as there is no world */
export function watchState({ state: types }: Aggregate, stateNow: () => AnyState): StateWatch {
  let known = new Map<string, Uint8Array>();

  /** Every message of the state: its name, its bytes, and whether this input may have changed it. */
  function* messages(
    state: AnyState,
  ): Iterable<{ name: string; codec: Codec; bytes: Uint8Array; may: boolean }> {
    yield { name: ROOT, codec: types.root, bytes: encodeBytes(types.root, state.root as never), may: true };
    for (const [table, kept] of tablesOf(types, state)) {
      const touched = kept.takeTouched();
      for (const [id, message] of kept) {
        const bytes = encodeBytes(kept.codec, message as never);
        yield { name: `${table} ${JSON.stringify(id)}`, codec: kept.codec, bytes, may: touched.has(id) };
      }
    }
  }

  const isSame = (a: Uint8Array | undefined, b: Uint8Array) => a !== undefined && Buffer.compare(a, b) === 0;

  return {
    taken(input) {
      const now = new Map<string, Uint8Array>();
      for (const { name, codec, bytes, may } of messages(stateNow())) {
        now.set(name, bytes);
        if (!may && !isSame(known.get(name), bytes))
          throw new Error(
            `${input} changed ${name} without asking for it: use edit, not get, and not what an earlier input was given`,
          );
        if (!isSame(encodeBytes(codec, codec.decode(bytes)), bytes))
          throw new Error(`${input} left a value in ${name} that does not survive being written`);
      }
      known = now;
    },
    refused(input, cause) {
      if (known.size === 0) return;
      const now = [...messages(stateNow())];
      const changed = now.find(({ name, bytes }) => !isSame(known.get(name), bytes));
      if (changed === undefined && now.length === known.size) return;
      throw new Error(`${input} was refused after it had changed the state (${changed?.name ?? "a table"})`, {
        cause,
      });
    },
  };
}
