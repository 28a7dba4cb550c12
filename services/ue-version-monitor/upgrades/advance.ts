import { UpgradeAdvanced, type PromotedFeatureInit, UpgradeState as S } from "@orrery/schema/engine/v1";
import type { Turn } from "../keep/turn.ts";
import { deadlineOf, mustFollow } from "./machine.ts";
import { addStep, putUpgrade, type UpgradeKept } from "./store.ts";

/** Who does it, and why. */
export interface Why {
  readonly actor: string;
  readonly reason: string;
  readonly logRef?: string;
  readonly logTail?: string;
}

const REASON_MOST = 500;
const TAIL_MOST = 8_192;

/** One step on: the row, the step and what is said of it are one commit. @throws ENGINE_STATE_CONFLICT */
export async function advance(
  turn: Turn,
  before: UpgradeKept,
  to: S,
  { actor, reason, logRef = "", logTail = "" }: Why,
  features: readonly PromotedFeatureInit[] = [],
): Promise<UpgradeKept> {
  mustFollow(before, to);
  const { upgradeId, subjectId, attempt } = before;
  const atMs = turn.nowMs;
  const after: UpgradeKept = { ...before, state: to, changedMs: atMs, deadlineMs: deadlineOf(to, atMs) };
  const why = (reason || "without a word").slice(0, REASON_MOST);
  await putUpgrade(turn.db, after);
  const step = { previousState: before.state, state: to, actor, reason: why, atMs, logRef, attempt };
  await addStep(turn.db, upgradeId, {
    $typeName: "engine.v1.UpgradeStep",
    ...step,
    logTail: logTail.slice(-TAIL_MOST),
  });
  turn.emit(
    UpgradeAdvanced,
    {
      ...{ upgradeId, subjectId, ...step },
      ...(before.fromVersion && { fromVersion: before.fromVersion }),
      ...(before.toVersion && { toVersion: before.toVersion }),
      features: [...features],
    },
    subjectId,
  );
  return after;
}
