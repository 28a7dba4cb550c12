/*
 * Wing and Gong's search: is there an order of the operations that keeps their real-time order and in which each
 * gets the answer that it got? Objects are looked at one by one (linearizability is local), and each answer carries
 * the version that it saw, so that the search hardly ever has a choice.
 */

export interface Operation {
  readonly kind: "put" | "increment" | "delete";
  readonly condition: "any" | "absent" | "exists" | number;
  readonly by: number;
  /** Real time of call and answer, any unit. */
  readonly called: number;
  readonly answered: number;
  readonly answer:
    | { readonly won: true; readonly version: number }
    | { readonly won: false; readonly version: number; readonly absent: boolean };
}

/** A counter with a version that survives deletion. */
interface Model {
  readonly version: number;
  readonly value: number | undefined;
}

/** @returns undefined where the answer cannot be that of this state */
function step(state: Model, operation: Operation): Model | undefined {
  const { condition, answer, kind, by } = operation;
  const there = state.value !== undefined;
  const holds =
    condition === "any" ||
    (condition === "absent" ? !there : condition === "exists" ? there : there && state.version === condition);
  if (holds !== answer.won) return undefined;
  if (!answer.won) return answer.version === state.version && answer.absent === !there ? state : undefined;
  if (kind === "delete") return answer.version === state.version ? { ...state, value: undefined } : undefined;
  const value = kind === "put" ? by : (state.value ?? 0) + by;
  const version = state.value === value ? state.version : state.version + 1;
  return answer.version === version ? { version, value } : undefined;
}

/** @returns the longest prefix that could be ordered where no whole order exists; undefined: there is one */
export function disorder(history: readonly Operation[]): readonly Operation[] | undefined {
  const operations = [...history].sort((a, b) => a.called - b.called);
  const done = new Uint8Array(operations.length);
  const seen = new Set<string>();
  let best: Operation[] = [];
  const path: Operation[] = [];

  function search(state: Model, from: number): boolean {
    let first = from;
    while (first < operations.length && done[first] === 1) first += 1;
    if (first === operations.length) return true;
    const open: number[] = [];
    let earliest = Number.POSITIVE_INFINITY;
    for (let i = first; i < operations.length; i++) {
      const operation = operations[i] as Operation;
      if (operation.called > earliest) break;
      if (done[i] === 1) continue;
      open.push(i);
      earliest = Math.min(earliest, operation.answered);
    }
    const key = `${first} ${state.version} ${state.value} ${open.join(",")}`;
    if (seen.has(key)) return false;
    seen.add(key);
    for (const i of open) {
      const operation = operations[i] as Operation;
      if (operation.called > earliest) continue;
      const next = step(state, operation);
      if (next === undefined) continue;
      done[i] = 1;
      path.push(operation);
      if (path.length > best.length) best = [...path];
      if (search(next, first)) return true;
      path.pop();
      done[i] = 0;
    }
    return false;
  }

  return search({ version: 0, value: undefined }, 0) ? undefined : best;
}
