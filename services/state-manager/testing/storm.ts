import type { Client } from "@connectrpc/connect";
import type { OperationInit, StateService } from "@orrery/schema/state/v1";
import { seededNumbers } from "@orrery/bus";
import type { Operation } from "./linearizable.ts";

type State = Client<typeof StateService>;

const CONDITIONS = ["any", "any", "absent", "exists", "version"] as const;
const KINDS = ["put", "increment", "increment", "delete"] as const;

export interface StormTerms {
  readonly writers: number;
  readonly objects: number;
  readonly operations: number;
  readonly seed: number;
  /** Ends before `operations` are done. */
  readonly until?: () => boolean;
}

/** Random single operations by many writers at once, each with what it was answered. */
export async function storm(
  state: State,
  terms: StormTerms,
): Promise<ReadonlyMap<string, readonly Operation[]>> {
  const histories = new Map<string, Operation[]>();
  const versions = new Map<string, number>();
  let left = terms.operations;

  async function writer(number: number): Promise<void> {
    const uniform = seededNumbers(terms.seed * 1_000 + number);
    const pick = <T>(from: readonly T[]) => from[Math.floor(uniform() * from.length)] as T;
    while (left-- > 0 && !terms.until?.()) {
      const key = `o${Math.floor(uniform() * terms.objects)}`;
      const kind = pick(KINDS);
      const asked = pick(CONDITIONS);
      const known = (versions.get(key) ?? 0) - Number(uniform() < 0.2);
      const condition = asked === "version" ? Math.max(0, known) : asked;
      const by = 1 + Math.floor(uniform() * 3);
      const called = performance.now();
      const { written, losers } = await state.write({
        worldId: "w",
        operations: [{ id: { collection: "records", key }, ...act(kind, by), ...precondition(condition) }],
      });
      const answered = performance.now();
      const [won] = written;
      const [lost] = losers;
      const answer =
        won === undefined
          ? { won: false as const, version: lost?.version ?? 0, absent: lost?.absent ?? false }
          : { won: true as const, version: won.version };
      versions.set(key, Math.max(versions.get(key) ?? 0, answer.version));
      const history = histories.get(key) ?? [];
      histories.set(key, history);
      history.push({ kind, condition, by, called, answered, answer });
    }
  }

  await Promise.all(Array.from({ length: terms.writers }, (_, i) => writer(i)));
  return histories;
}

const int = (value: number) => ({ kind: { case: "intValue" as const, value: BigInt(value) } });

function act(kind: Operation["kind"], by: number): Pick<OperationInit, "act"> {
  if (kind === "delete") return { act: { case: "delete", value: {} } };
  if (kind === "increment") return { act: { case: "increment", value: { by: int(by) } } };
  return { act: { case: "put", value: { content: { content: { case: "value", value: int(by) } } } } };
}

function precondition(condition: Operation["condition"]): Pick<OperationInit, "precondition"> {
  if (condition === "any") return {};
  if (condition === "absent") return { precondition: { condition: { case: "absent", value: true } } };
  if (condition === "exists") return { precondition: { condition: { case: "exists", value: true } } };
  return { precondition: { condition: { case: "version", value: condition } } };
}
