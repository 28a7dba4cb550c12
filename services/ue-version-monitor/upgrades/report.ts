import { SuiteOutcome, UpgradeState as S, type ReportStepRequest } from "@orrery/schema/engine/v1";
import { OrreryError } from "@orrery/wire";
import { engineErrors } from "../errors.ts";
import type { Turn } from "../keep/turn.ts";
import type { SubjectFile } from "../subjects/shape.ts";
import { advance, type Why } from "./advance.ts";
import { goBack } from "./decisions.ts";
import { conflict, movesOf, stateName } from "./machine.ts";
import { promote } from "./promote.ts";
import { putUpgrade, type UpgradeKept } from "./store.ts";

/** What became of a step, by the runner's word or a person's. */
export type Report = Pick<
  ReportStepRequest,
  "state" | "ok" | "reason" | "logRef" | "logTail" | "artefacts" | "suites"
>;

const SHA256 = /^[0-9a-f]{64}$/;

const lacks = (given: string): never => {
  throw new OrreryError(engineErrors.ENGINE_REPORT, { given });
};

/** Whether a report is for a step that is past, or not begun. */
export const isLate = ({ state, rollingBack }: UpgradeKept, about: S): boolean =>
  rollingBack === "" ? state !== about : about !== S.ROLLED_BACK;

/** @param person said by one, not by a runner. @throws ENGINE_STATE_CONFLICT, ENGINE_REPORT */
export async function report(
  turn: Turn,
  file: SubjectFile,
  upgrade: UpgradeKept,
  given: Report,
  { actor, person }: { readonly actor: string; readonly person: boolean },
): Promise<UpgradeKept> {
  const { state, ok, reason, logRef, logTail } = given;
  if (isLate(upgrade, state))
    conflict(upgrade, `report of ${stateName(state)}`, movesOf(upgrade, turn.nowMs));
  const why: Why = { actor, reason: reason || (ok ? "it went well" : "it failed"), logRef, logTail };
  switch (state) {
    case S.BUILDING:
      return ok ? built(turn, upgrade, given, why) : advance(turn, upgrade, S.FAILED, why);
    case S.TESTING:
      return tested(turn, upgrade, given, why);
    case S.CANARY:
      if (!ok) return goBack(turn, upgrade, why.reason);
      if (!person) lacks("a canary goes on by its sessions, or by a person's word");
      if (reason.trim() === "") lacks("a person's word says why");
      return promote(turn, file, upgrade, why);
    case S.ROLLED_BACK:
      if (!ok) return noted(turn, upgrade);
      return advance(turn, { ...upgrade, rollingBack: "" }, S.ROLLED_BACK, {
        ...why,
        reason: upgrade.rollingBack,
      });
    default:
      return lacks(`there is nothing to report of ${stateName(state)}`);
  }
}

async function built(
  turn: Turn,
  upgrade: UpgradeKept,
  { artefacts }: Report,
  why: Why,
): Promise<UpgradeKept> {
  if (artefacts.length === 0) lacks("a build that went well names its artefact");
  for (const { name, sha256 } of artefacts)
    if (name === "" || !SHA256.test(sha256))
      lacks(`${name || "an artefact"}: a SHA-256 has 64 of 0-9 and a-f`);
  return advance(turn, { ...upgrade, artefacts }, S.TESTING, why);
}

/** All suites that the subject names have to pass: one that was skipped, or is not named, has not. */
async function tested(
  turn: Turn,
  upgrade: UpgradeKept,
  { ok, suites }: Report,
  why: Why,
): Promise<UpgradeKept> {
  const passed = new Set(
    suites.filter(({ outcome }) => outcome === SuiteOutcome.PASSED).map(({ name }) => name),
  );
  const others = new Set(
    suites.filter(({ outcome }) => outcome !== SuiteOutcome.PASSED).map(({ name }) => name),
  );
  const missing = upgrade.suites.filter((name) => !passed.has(name) || others.has(name));
  if (!ok || missing.length > 0) {
    const words = missing.length > 0 ? `${why.reason}; not passed: ${missing.join(", ")}` : why.reason;
    return advance(turn, upgrade, S.FAILED, {
      ...why,
      reason: ok ? `not passed: ${missing.join(", ")}` : words,
    });
  }
  const canary = { $typeName: "engine.v1.Canary" as const, sinceMs: turn.nowMs, ...NOBODY };
  return advance(turn, { ...upgrade, canary }, S.CANARY, why);
}

const NOBODY = { sessions: 0, faults: 0, oldSessions: 0, oldFaults: 0, open: 0 };

/** The old version does not serve yet: it still has to. */
async function noted(turn: Turn, upgrade: UpgradeKept): Promise<UpgradeKept> {
  const after = { ...upgrade, changedMs: turn.nowMs };
  await putUpgrade(turn.db, after);
  return after;
}
