import type { Operation } from "@orrery/schema/state/v1";
import type { Part } from "@orrery/service";
import type { Ref } from "./write/reference.ts";

export interface ConflictRow {
  readonly ref: Ref;
  readonly count: number;
  readonly lastMs: number;
}

/** Which objects are fought over. */
export interface Conflicts {
  add(ref: Ref): void;
  /** Counts the operations of a write by what became of it. */
  operations(operations: readonly Operation[], result: string): void;
  /** Of the last 10 minutes, most first. */
  hottest(limit: number): readonly ConflictRow[];
}

const KEPT_MS = 600_000;
const OBJECTS_MOST = 1_000;

export const conflicts: Part<Conflicts> = {
  name: "conflicts",
  publishes: [],
  subscribes: [],
  async start(kit) {
    const total = kit.metrics.counter("orrery_state_conflicts_total", "Preconditions that did not hold", [
      "collection",
    ]);
    const operations = kit.metrics.counter("orrery_state_operations_total", "Operations by kind and result", [
      "kind",
      "result",
    ]);
    const rows = new Map<string, ConflictRow>();
    const fresh = () => [...rows.values()].filter(({ lastMs }) => kit.clock.now() - lastMs <= KEPT_MS);
    return {
      handle: {
        add(ref) {
          total(1, { collection: ref.collection.name });
          const count = (rows.get(ref.name)?.count ?? 0) + 1;
          rows.delete(ref.name);
          rows.set(ref.name, { ref, count, lastMs: kit.clock.now() });
          if (rows.size > OBJECTS_MOST) rows.delete(rows.keys().next().value as string);
        },
        operations(given, result) {
          for (const { act } of given) operations(1, { kind: act.case ?? "none", result });
        },
        hottest: (limit) =>
          fresh()
            .sort((a, b) => b.count - a.count)
            .slice(0, limit),
      },
      async stop() {},
    };
  },
};
