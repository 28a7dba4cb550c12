import { create } from "@bufbuild/protobuf";
import {
  type EncounterState,
  EncounterStateSchema,
  type Fighter,
  FighterSchema,
  type FighterSpec,
  FightOrder,
  FightPhase,
  FightRole,
  type PlanRequest,
  type Stats,
} from "@orrery/schema/orchestration/v1";
import { OrreryError } from "@orrery/wire";
import { orchestrationErrors } from "../errors.ts";
import { placeFighters } from "./slots.ts";

const FIGHTERS_MOST = 100;
const RANGED_TOKENS = 2;
const MORALE = 0.7;

/** How many may strike at once: 1 where it is easy, 4 where it is hard. */
export const meleeTokens = (difficulty: number): number =>
  Math.min(4, Math.max(1, Math.round(1 + 3 * difficulty)));

/** @throws ORCH_INPUT_INVALID */
export function plan(request: PlanRequest): EncounterState {
  const { fighters, difficulty, seed, targetId, targetStats, targetXM, targetYM, exits } = request;
  const invalid = (given: string) => new OrreryError(orchestrationErrors.ORCH_INPUT_INVALID, { given });
  if (fighters.length < 1 || fighters.length > FIGHTERS_MOST)
    throw invalid(`${fighters.length} fighters, 1..${FIGHTERS_MOST}`);
  if (!(difficulty >= 0 && difficulty <= 1)) throw invalid(`difficulty ${difficulty}, 0..1`);
  if (!((targetStats?.vigor ?? 0) > 0)) throw invalid("the target has no vigor");
  if (new Set(fighters.map(({ entityId }) => entityId)).size !== fighters.length)
    throw invalid("a fighter is there twice");
  if ([targetXM, targetYM, ...fighters.flatMap(({ xM, yM }) => [xM, yM])].some((at) => !Number.isFinite(at)))
    throw invalid("somebody is nowhere");
  const roles = rolesOf(fighters);
  const state = create(EncounterStateSchema, {
    ...{ seed, difficulty, targetId, targetXM, targetYM, exits },
    ...(targetStats && { targetStats }),
    phase: FightPhase.BUILD_UP,
    meleeTokens: meleeTokens(difficulty),
    rangedTokens: RANGED_TOKENS,
    fighters: fighters.map((one, at) => fighterOf(one, roles[at] ?? FightRole.VANGUARD, true)),
  });
  placeFighters(state);
  return state;
}

export const fighterOf = (
  { entityId, stats, ranged, xM, yM }: FighterSpec,
  role: FightRole,
  joined: boolean,
): Fighter =>
  create(FighterSchema, {
    ...{ entityId, ranged, xM, yM, role, joined },
    ...(stats && { stats }),
    ...{ slot: -1, morale: MORALE, tokenSinceMs: -1, order: FightOrder.HOLD },
  });

const score = ({ vigor = 0, might = 0, guard = 0, pace = 0 }: Partial<Stats> = {}) =>
  vigor + might + guard + pace;

/** The best of all leads, where there are several; others by what they are best at. */
function rolesOf(fighters: readonly FighterSpec[]): FightRole[] {
  let leader = -1;
  if (fighters.length > 2)
    for (const [at, { stats }] of fighters.entries())
      if (leader < 0 || score(stats) > score(fighters[leader]?.stats)) leader = at;
  return fighters.map((fighter, at) => (at === leader ? FightRole.LEADER : roleOf(fighter)));
}

/** What one who does not lead is best at. */
export function roleOf({ stats, ranged }: FighterSpec): FightRole {
  const { vigor = 0, might = 0, guard = 0, pace = 0 } = stats ?? {};
  if (ranged) return FightRole.RANGED;
  if (pace >= Math.max(might, guard, vigor)) return FightRole.FLANKER;
  return guard + vigor >= might + pace || might >= guard ? FightRole.VANGUARD : FightRole.SUPPORT;
}
