import { create } from "@bufbuild/protobuf";
import { type Flag, FlagSchema } from "@orrery/schema/settings/v1";
import type { FlagSet } from "@orrery/flags";
import type { Turn } from "../write/turn.ts";
import { keepFlag } from "./keep.ts";
import { patched } from "./patch.ts";

/** Flags with a step that is due. */
export const dueFlags = (set: FlagSet, nowMs: number): readonly Flag[] =>
  [...set.flags.values()].filter((flag) => (flag.schedule[flag.scheduleDone]?.atMs ?? Infinity) <= nowMs);

/** Does the next step that is due, once: the flag remembers how many were done, not the clock. */
export function doStep(turn: Turn, key: string): boolean {
  const flag = turn.ground.flags.flags.get(key);
  const step = flag?.schedule[flag.scheduleDone];
  if (flag === undefined || step === undefined || step.atMs > turn.nowMs) return false;
  const next = patched(flag, step.patch, turn.ground.flags);
  keepFlag(
    turn,
    create(FlagSchema, { ...next, scheduleDone: flag.scheduleDone + 1, revision: flag.revision + 1 }),
  );
  return true;
}
