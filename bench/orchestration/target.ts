import type { Doing, Done } from "./messages.ts";

/** What workflows call, in a process that is not killed: each key has its effect once. */
export interface Target {
  readonly effects: ReadonlyMap<string, number>;
  /** In the order in which they came about. */
  readonly order: readonly string[];
  readonly calls: number;
  do(doing: Doing): Done;
}

/** @param refuses effects that are refused once and for all */
export function createTarget(refuses: (effect: string) => boolean): Target {
  const keys = new Set<string>();
  const effects = new Map<string, number>();
  const order: string[] = [];
  let calls = 0;
  return {
    ...{ effects, order },
    get calls() {
      return calls;
    },
    do({ id, key, effect }) {
      calls += 1;
      if (refuses(effect)) return { id, refused: true };
      if (!keys.has(key)) {
        keys.add(key);
        effects.set(effect, (effects.get(effect) ?? 0) + 1);
        order.push(effect);
      }
      return { id, refused: false };
    },
  };
}
