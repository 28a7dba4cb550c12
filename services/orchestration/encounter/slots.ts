import { type EncounterState, type Fighter, FightRole } from "@orrery/schema/orchestration/v1";

const SLOTS = 8;
/** How far from the target the places lie, m. */
const RADIUS_M = 2;
/** The eight directions as exact numbers: sine and cosine may differ from one machine to the next. */
const DIAGONAL = 0.7071067811865476;
const DIRECTIONS: readonly (readonly [number, number])[] = [
  [1, 0],
  [DIAGONAL, DIAGONAL],
  [0, 1],
  [-DIAGONAL, DIAGONAL],
  [-1, 0],
  [-DIAGONAL, -DIAGONAL],
  [0, -1],
  [DIAGONAL, -DIAGONAL],
];

/** Who chooses first. */
const TURN: readonly FightRole[] = [
  FightRole.VANGUARD,
  FightRole.FLANKER,
  FightRole.LEADER,
  FightRole.SUPPORT,
  FightRole.RANGED,
];

export function placeOfSlot({ targetXM, targetYM }: EncounterState, slot: number): readonly [number, number] {
  const [x, y] = DIRECTIONS[slot] ?? [0, 0];
  return [targetXM + RADIUS_M * x, targetYM + RADIUS_M * y];
}

export const takesSlot = ({ ranged, out, joined }: Fighter): boolean => !ranged && !out && joined;

/** Gives those who fight hand to hand the free place that is nearest, by role; who has one keeps it. */
export function placeFighters(state: EncounterState): void {
  const taken = new Set<number>();
  for (const fighter of state.fighters) {
    if (!takesSlot(fighter)) fighter.slot = -1;
    else if (fighter.slot >= 0) taken.add(fighter.slot);
  }
  const waiting = state.fighters
    .filter((fighter) => takesSlot(fighter) && fighter.slot < 0)
    .toSorted((a, b) => TURN.indexOf(a.role) - TURN.indexOf(b.role));
  for (const fighter of waiting) {
    let [best, nearest] = [-1, Number.POSITIVE_INFINITY];
    for (let slot = 0; slot < SLOTS; slot++) {
      if (taken.has(slot)) continue;
      const [x, y] = placeOfSlot(state, slot);
      const far = (x - fighter.xM) ** 2 + (y - fighter.yM) ** 2;
      if (far < nearest) [best, nearest] = [slot, far];
    }
    if (best < 0) return;
    fighter.slot = best;
    taken.add(best);
  }
}
