import { isDeepStrictEqual } from "node:util";
import type { Aggregate } from "../aggregate.ts";
import type { AnyState } from "./state.ts";

/** A derived value that knows itself when another one says the same, though it is laid out otherwise: a heap, for one. */
export interface Comparable {
  same(other: this): boolean;
}

const isComparable = (value: unknown): value is Comparable =>
  typeof value === "object" && value !== null && "same" in value && typeof value.same === "function";

/** Holds what was kept in step against what follows from the state anew, in tests. */
export interface DerivedWatch {
  /**
   * @param at what the state met last
   * @throws when it is not the same
   */
  check(at: string, state: AnyState, kept: unknown): void;
}

export function watchDerived({ derive, name }: Aggregate): DerivedWatch {
  return {
    check(at, state, kept) {
      if (derive === undefined) return;
      const anew = derive(state);
      const isSame = isComparable(kept) ? kept.same(anew as typeof kept) : isDeepStrictEqual(kept, anew);
      if (isSame) return;
      throw new Error(
        `after ${at}, ctx.derived of ${name} is not what derive makes of the state: a handler changed the one without the other (or the two are laid out otherwise: give the value a same(other) that says when they mean the same)`,
      );
    },
  };
}
