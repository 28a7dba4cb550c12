import { UpgradeState as S } from "@orrery/schema/engine/v1";
import { OrreryError } from "@orrery/wire";
import { engineErrors } from "../errors.ts";
import type { Turn } from "../keep/turn.ts";
import type { SubjectFile } from "../subjects/shape.ts";
import { advance } from "./advance.ts";
import { mustLead } from "./leads.ts";
import { conflict, mustMove, stateName } from "./machine.ts";
import { activeUpgrades, mustUpgrade, putUpgrade, type UpgradeKept } from "./store.ts";

/** A subject as it is written down. */
type FileOf = (subjectId: string) => SubjectFile;

/** @throws ENGINE_STATE_CONFLICT, ENGINE_APPROVAL_NEEDED for one that counts no more than before */
export async function approve(turn: Turn, fileOf: FileOf, id: string, actor: string): Promise<UpgradeKept> {
  const before = await mustUpgrade(turn.db, id);
  mustMove(before, "approve", turn.nowMs);
  await mustLead(turn, fileOf(before.subjectId), before.toVersion?.text ?? "");
  const { approvals, approvalsRequired, proposedBy } = before;
  if (approvals.some(({ by }) => by === actor))
    throw new OrreryError(engineErrors.ENGINE_APPROVAL_NEEDED, {
      given: `${actor} has approved ${id} already`,
    });
  const all = [...approvals, { $typeName: "engine.v1.Approval" as const, by: actor, atMs: turn.nowMs }];
  const after = { ...before, approvals: all, changedMs: turn.nowMs };
  const isEnough =
    all.length >= approvalsRequired && (approvalsRequired === 1 || all.some(({ by }) => by !== proposedBy));
  if (isEnough)
    return advance(turn, after, S.APPROVED, {
      actor,
      reason: `${all.length} of ${approvalsRequired} approve`,
    });
  await putUpgrade(turn.db, after);
  return after;
}

/** @throws ENGINE_STATE_CONFLICT */
export async function reject(turn: Turn, id: string, actor: string, reason: string): Promise<UpgradeKept> {
  const before = await mustUpgrade(turn.db, id);
  mustMove(before, "reject", turn.nowMs);
  return advance(turn, before, S.REJECTED, { actor, reason });
}

/** Of a canary the old version is brought back first. @throws ENGINE_STATE_CONFLICT */
export async function cancel(turn: Turn, id: string, actor: string, reason: string): Promise<UpgradeKept> {
  const before = await mustUpgrade(turn.db, id);
  mustMove(before, "cancel", turn.nowMs);
  if (before.state === S.CANARY)
    return goBack(turn, before, `cancelled by ${actor}: ${reason || "without a word"}`);
  return advance(turn, before, S.CANCELLED, { actor, reason });
}

/** Lets the old version serve again; the step is done once the runner says that it does. */
export async function goBack(turn: Turn, before: UpgradeKept, reason: string): Promise<UpgradeKept> {
  if (before.state !== S.CANARY) conflict(before, "way back", []);
  if (before.rollingBack !== "") return before;
  const after = { ...before, rollingBack: reason, changedMs: turn.nowMs, deadlineMs: 0 };
  await putUpgrade(turn.db, after);
  return after;
}

/** From what is in use by now. @throws ENGINE_STATE_CONFLICT */
export async function retry(turn: Turn, fileOf: FileOf, id: string, actor: string): Promise<UpgradeKept> {
  const before = await mustUpgrade(turn.db, id);
  mustMove(before, "retry", turn.nowMs);
  const current = await mustLead(turn, fileOf(before.subjectId), before.toVersion?.text ?? "");
  const [other] = await activeUpgrades(turn.db, before.subjectId);
  if (other !== undefined)
    throw new OrreryError(engineErrors.ENGINE_STATE_CONFLICT, {
      given: `${other.upgradeId} is ${stateName(other.state)}: one upgrade of a subject at a time`,
    });
  const attempt = before.attempt + 1;
  const { fromVersion: _, ...rest } = before;
  const from = current === undefined ? {} : { fromVersion: current };
  const again = { ...rest, ...from, attempt, jobRef: "", artefacts: [] };
  return advance(turn, again, S.APPROVED, { actor, reason: `attempt ${attempt}` });
}
