import type { Stream } from "@orrery/simulation";
import {
  BudgetTree,
  type BudgetTree as Tree,
  type DeviceClass,
  type Mode,
} from "@orrery/schema/performance/v1";
import type { Kysely } from "kysely";
import { checkTree } from "../budgets/tree.ts";
import type { Shipped } from "../data/part.ts";
import { type Key, ruleCalled } from "../matrix/fields.ts";
import type { PerformanceTables } from "../tables.ts";

/** What was learned of a knob on devices of a kind. */
export interface Learned {
  readonly ms: number;
  readonly steps: number;
}

/** A rule of the operators. */
export interface Lock {
  /** 0: every class. */
  readonly deviceClass: DeviceClass;
  readonly key: Key;
  readonly most: number;
}

/** What is held in memory whole: all that belongs to no player. Never changed, only replaced. */
export interface Ground {
  readonly trees: ReadonlyMap<Mode, Tree>;
  readonly locks: readonly Lock[];
  /** By `learnedName`. */
  readonly learned: ReadonlyMap<string, Learned>;
  readonly streams: ReadonlyMap<string, Stream>;
}

export const learnedName = (deviceClass: DeviceClass, engine: string, knob: string): string =>
  `${deviceClass}\u0000${engine}\u0000${knob}`;

export async function readGround(db: Kysely<PerformanceTables>, shipped: Shipped): Promise<Ground> {
  const budgets = await db.selectFrom("budget").selectAll().execute();
  const locks = await db.selectFrom("field_lock").selectAll().orderBy("class").orderBy("field").execute();
  const learned = await db.selectFrom("learned").selectAll().execute();
  const streams = await db.selectFrom("stream").selectAll().execute();
  return {
    trees: new Map([
      ...shipped.trees,
      ...budgets.map(({ mode, body }) => [mode as Mode, checkTree(BudgetTree.decode(body))] as const),
    ]),
    locks: locks.flatMap(({ class: deviceClass, field, most }) => {
      const key = ruleCalled(field)?.key;
      return key === undefined ? [] : [{ deviceClass: deviceClass as DeviceClass, key, most: Number(most) }];
    }),
    learned: new Map(
      learned.map((row) => [
        learnedName(row.class as DeviceClass, row.engine, row.knob),
        { ms: Number(row.ms), steps: Number(row.steps) },
      ]),
    ),
    streams: new Map(streams.map((row) => [row.world, { ...row, next: Number(row.next) }])),
  };
}

/** What holds for a class, the stricter where two say something. */
export function locksFor({ locks }: Ground, deviceClass: DeviceClass): ReadonlyMap<Key, number> {
  const most = new Map<Key, number>();
  for (const lock of locks)
    if (lock.deviceClass === 0 || lock.deviceClass === deviceClass)
      most.set(lock.key, Math.min(lock.most, most.get(lock.key) ?? Number.POSITIVE_INFINITY));
  return most;
}
