import { create } from "@bufbuild/protobuf";
import {
  HoldState,
  HourChanged,
  Timer,
  TimerCancelled,
  TimerRequested,
  TimerSchema,
} from "@orrery/schema/time/v1";
import { OrreryError } from "@orrery/wire";
import { defineAggregate } from "./define.ts";
import { simulationErrors } from "./errors.ts";

type Entry = readonly [atGs: number, id: string];
const isBefore = ([a, one]: Entry, [b, other]: Entry) => a < b || (a === b && one < other);

/** A heap, so that what is due next costs no walk over all. Equal times go by id: the way that led here must not show. */
class Due {
  readonly entries: Entry[] = [];
  push(entry: Entry): void {
    let at = this.entries.push(entry) - 1;
    for (; at > 0; at = (at - 1) >> 1) {
      const parent = this.entries[(at - 1) >> 1] as Entry;
      if (!isBefore(entry, parent)) break;
      this.entries[at] = parent;
    }
    this.entries[at] = entry;
  }
  take(untilGs: number): Entry | undefined {
    const [first] = this.entries;
    if (first === undefined || first[0] > untilGs) return undefined;
    const rest = this.entries.splice(0).slice(1);
    for (const entry of rest) this.push(entry);
    return first;
  }
  same({ entries }: Due): boolean {
    const sorted = (given: readonly Entry[]) => [...given].map(String).sort().join();
    return sorted(entries) === sorted(this.entries);
  }
}

/** What handlers of it do wrong. */
export interface Faults {
  /** One that says so changes the state alone. */
  forgets?: boolean;
  /** The next one dies half way. */
  dies?: boolean;
  /** A refusal changes what is derived first. */
  refuses?: boolean;
}

/** Timers by when they are due. */
export const dueTimers = (faults: Faults = {}) =>
  defineAggregate(
    {
      state: { root: HoldState, tables: { timers: Timer } },
      derive({ timers }) {
        const due = new Due();
        for (const [id, { nextDueGs }] of timers) due.push([nextDueGs, id]);
        return due;
      },
      emits: [TimerCancelled],
    },
    ({ on, command, query }) => ({
      create: ({ timers }) => void timers.add("first", create(TimerSchema, { nextDueGs: 5 })),
      on: [
        on(HourChanged, ({ timers }, { atGs }, { derived: due, emit }) => {
          for (let next = due.take(atGs); next !== undefined; next = due.take(atGs)) {
            timers.remove(next[1]);
            emit(TimerCancelled, { atGs, timerId: next[1] });
          }
          if (!faults.dies) return;
          faults.dies = false;
          throw new Error("died half way");
        }),
      ],
      commands: [
        command(TimerRequested, HoldState, ({ timers }, { timerId, dueGs = 0 }, { derived: due }) => {
          if (faults.refuses) {
            due.push([dueGs, timerId]);
            throw new OrreryError(simulationErrors.WORLD_UNKNOWN, { given: timerId });
          }
          timers.add(timerId, create(TimerSchema, { nextDueGs: dueGs }));
          if (!faults.forgets) due.push([dueGs, timerId]);
          return {};
        }),
      ],
      queries: [query(HoldState, HoldState, (_, __, due) => ({ note: due.entries.length.toString() }))],
    }),
  );
