import { type EncounterState, FightPhase } from "@orrery/schema/orchestration/v1";
import type { Random } from "@orrery/simulation";

const TAU_MS = 20_000;
const PEAK_AT = 0.8;
const PEAK_MOST_MS = 5_000;
const RELAX_MS = { least: 30_000, most: 45_000 };
/** A decay is worked out in steps this long, each by the four operations: a power may differ between machines. */
const STEP_MS = 10;

/** What is left of 1 after so long. */
function decay(passedMs: number): number {
  // Beyond this nothing is left that counts.
  let left = Math.min(passedMs, 20 * TAU_MS);
  let share = 1;
  for (; left >= STEP_MS; left -= STEP_MS) share *= 1 - STEP_MS / TAU_MS;
  return share * (1 - left / TAU_MS);
}

/** Build-up to the peak, which is short, then rest without newcomers. @param damage done to the target since the last beat */
export function pace(state: EncounterState, damage: number, passedMs: number, random: Random): void {
  const { nowMs } = state;
  const vigor = state.targetStats?.vigor ?? 1;
  state.intensity = Math.min(1, Math.max(0, state.intensity * decay(passedMs) + damage / vigor));
  const since = nowMs - state.phaseSinceMs;
  const enter = (phase: FightPhase) => Object.assign(state, { phase, phaseSinceMs: nowMs });
  if (state.phase === FightPhase.BUILD_UP && state.intensity >= PEAK_AT) enter(FightPhase.PEAK);
  else if (state.phase === FightPhase.PEAK && since >= PEAK_MOST_MS) {
    enter(FightPhase.RELAX);
    state.relaxMs = RELAX_MS.least + random.uniform() * (RELAX_MS.most - RELAX_MS.least);
  } else if (state.phase === FightPhase.RELAX && since >= state.relaxMs) enter(FightPhase.BUILD_UP);
  // Who stood aside while there was rest comes in with the next build-up.
  if (state.phase !== FightPhase.RELAX) for (const fighter of state.fighters) fighter.joined = true;
}
