import { type Upgrade, UpgradeState as S } from "@orrery/schema/engine/v1";
import { OrreryError } from "@orrery/wire";
import { nameOf } from "../names.ts";
import { engineErrors } from "../errors.ts";

/** Where an upgrade may go on to. */
const NEXT: Readonly<Partial<Record<S, readonly S[]>>> = {
  [S.DETECTED]: [S.PROPOSED],
  [S.ANNOUNCED]: [S.PROPOSED],
  [S.PROPOSED]: [S.APPROVED, S.REJECTED, S.CANCELLED],
  [S.APPROVED]: [S.BUILDING, S.FAILED, S.CANCELLED],
  [S.BUILDING]: [S.TESTING, S.FAILED, S.CANCELLED],
  [S.TESTING]: [S.CANARY, S.FAILED, S.CANCELLED],
  [S.CANARY]: [S.PROMOTED, S.ROLLED_BACK],
  [S.FAILED]: [S.APPROVED],
};

const HOUR_MS = 3_600_000;
const DEADLINES: Readonly<Partial<Record<S, number>>> = {
  [S.BUILDING]: 2 * HOUR_MS,
  [S.TESTING]: 2 * HOUR_MS,
  [S.CANARY]: 24 * HOUR_MS,
};
export const ATTEMPTS_MOST = 5;
/** Approvals are good for a retry so long. */
export const RETRY_WITHIN_MS = 7 * 24 * HOUR_MS;

const ACTIVE: ReadonlySet<S> = new Set([S.PROPOSED, S.APPROVED, S.BUILDING, S.TESTING, S.CANARY]);

/** Of a subject there is one such upgrade at most. */
export const isActive = (state: S): boolean => ACTIVE.has(state);

/** Unix ms by which a state has to be left; 0: there is no such moment. */
export const deadlineOf = (state: S, nowMs: number): number => {
  const ms = DEADLINES[state];
  return ms === undefined ? 0 : nowMs + ms;
};

export const stateName = (state: S): string => nameOf(S, state);

/** Calls that an upgrade takes where it stands. */
export function movesOf({ state, attempt, rollingBack, approvals }: Upgrade, nowMs: number): string[] {
  if (rollingBack !== "") return ["report"];
  switch (state) {
    case S.PROPOSED:
      return ["approve", "reject", "cancel"];
    case S.APPROVED:
      return ["cancel"];
    case S.BUILDING:
    case S.TESTING:
    case S.CANARY:
      return ["report", "cancel"];
    case S.FAILED:
      return attempt < ATTEMPTS_MOST && nowMs - (approvals.at(-1)?.atMs ?? 0) <= RETRY_WITHIN_MS
        ? ["retry"]
        : [];
    default:
      return [];
  }
}

/** @throws ENGINE_STATE_CONFLICT with the moves there are */
export function mustMove(upgrade: Upgrade, move: string, nowMs: number): void {
  const moves = movesOf(upgrade, nowMs);
  if (!moves.includes(move)) conflict(upgrade, move, moves);
}

/** @throws ENGINE_STATE_CONFLICT */
export function mustFollow(upgrade: Upgrade, to: S): void {
  if (!NEXT[upgrade.state]?.includes(to)) conflict(upgrade, stateName(to), []);
}

export function conflict({ upgradeId, state }: Upgrade, wanted: string, moves: readonly string[]): never {
  throw new OrreryError(engineErrors.ENGINE_STATE_CONFLICT, {
    given: `${upgradeId} is ${stateName(state)}: no ${wanted}; it takes ${moves.join(", ") || "nothing more"}`,
  });
}
