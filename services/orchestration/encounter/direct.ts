import { create } from "@bufbuild/protobuf";
import {
  type Directive,
  DirectiveSchema,
  type EncounterState,
  type Exit,
  type Fighter,
  type FightFacts,
  FightOrder,
  FightPhase,
  FightRole,
} from "@orrery/schema/orchestration/v1";
import { streamsOf } from "@orrery/simulation";
import { OrreryError } from "@orrery/wire";
import { orchestrationErrors } from "../errors.ts";
import { pace } from "./pacing.ts";
import { fighterOf, roleOf } from "./plan.ts";
import { placeFighters, placeOfSlot } from "./slots.ts";

const TOKEN_MOST_MS = 4_000;
const REST_MS = { least: 1_500, most: 3_000 };
const MORALE = { led: 0.15, comrade: 0.15, leader: 0.25, wound: 0.05, retreats: 0.25, yields: 0.1 };
/** How near one has to be to strike, m. */
const REACH_M = 3;

const clamped = (value: number): number => Math.min(1, Math.max(0, value));
/** How the fight stands for one, with a leader who is there. */
const spirit = (fighter: Fighter, isLed: boolean): number =>
  clamped(fighter.morale + (isLed && fighter.role !== FightRole.LEADER ? MORALE.led : 0));

/** One beat. @returns what each is to do; `state` is changed @throws ORCH_INPUT_INVALID where time goes back */
export function direct(state: EncounterState, facts: FightFacts): Directive[] {
  if (!(facts.nowMs >= state.nowMs))
    throw new OrreryError(orchestrationErrors.ORCH_INPUT_INVALID, {
      given: `now_ms ${facts.nowMs} after ${state.nowMs}`,
    });
  const passedMs = facts.nowMs - state.nowMs;
  state.nowMs = facts.nowMs;
  state.beat += 1;
  take(state, facts);
  const random = streamsOf(state.seed, "encounter").stream("beat", state.beat);
  for (const one of facts.come)
    if (!state.fighters.some(({ entityId }) => entityId === one.entityId))
      state.fighters.push(fighterOf(one, roleOf(one), state.phase !== FightPhase.RELAX));
  const damage = facts.wounds.reduce((sum, wound) => sum + Math.max(0, wound.damage), 0);
  pace(state, damage, passedMs, random);
  placeFighters(state);
  handTokens(state, random);
  return state.fighters
    .filter(({ out, order }) => !out || order >= FightOrder.RETREAT)
    .flatMap((one) => directiveOf(state, one) ?? []);
}

/** What came about: who moved, who wounded, who fell, and what that does to the others. */
function take(state: EncounterState, { wounds, lost, moved, targetXM, targetYM }: FightFacts): void {
  const byId = new Map(state.fighters.map((fighter) => [fighter.entityId, fighter]));
  Object.assign(state, { targetXM, targetYM });
  for (const { entityId, xM, yM } of moved) Object.assign(byId.get(entityId) ?? {}, { xM, yM });
  for (const { by, damage } of wounds) {
    const fighter = byId.get(by);
    if (fighter !== undefined && damage > 0) fighter.morale = clamped(fighter.morale + MORALE.wound);
  }
  for (const id of lost) {
    const fallen = byId.get(id);
    if (fallen === undefined || fallen.out) continue;
    leave(fallen, FightOrder.UNSPECIFIED);
    const less = fallen.role === FightRole.LEADER ? MORALE.leader : MORALE.comrade;
    for (const fighter of state.fighters) if (!fighter.out) fighter.morale = clamped(fighter.morale - less);
  }
  const isLed = state.fighters.some(({ role, out }) => role === FightRole.LEADER && !out);
  for (const fighter of state.fighters) {
    if (fighter.out) continue;
    const now = spirit(fighter, isLed);
    if (now < MORALE.yields) leave(fighter, FightOrder.YIELD);
    else if (now < MORALE.retreats) leave(fighter, FightOrder.RETREAT);
  }
}

function leave(fighter: Fighter, order: FightOrder): void {
  Object.assign(fighter, { out: true, slot: -1, tokenSinceMs: -1, order });
}

/** Takes tokens that were held too long, and gives free ones to those who have rested and stand near enough. */
function handTokens(state: EncounterState, random: ReturnType<ReturnType<typeof streamsOf>["stream"]>): void {
  const { nowMs, phase } = state;
  for (const fighter of state.fighters) {
    if (fighter.out || fighter.tokenSinceMs < 0) continue;
    if (nowMs - fighter.tokenSinceMs < TOKEN_MOST_MS && phase !== FightPhase.RELAX) continue;
    fighter.tokenSinceMs = -1;
    fighter.restsUntilMs = nowMs + REST_MS.least + random.uniform() * (REST_MS.most - REST_MS.least);
  }
  for (const ranged of [false, true]) {
    const most = ranged ? state.rangedTokens : state.meleeTokens;
    const own = state.fighters.filter(
      (fighter) => fighter.ranged === ranged && !fighter.out && fighter.joined,
    );
    let free = most - own.filter(({ tokenSinceMs }) => tokenSinceMs >= 0).length;
    const ready = own
      .filter(
        (fighter) => fighter.tokenSinceMs < 0 && fighter.restsUntilMs <= nowMs && mayStrike(state, fighter),
      )
      // Who has rested longest; of those alike the first.
      .toSorted((a, b) => a.restsUntilMs - b.restsUntilMs);
    for (const fighter of phase === FightPhase.RELAX ? [] : ready) {
      if (free <= 0) break;
      fighter.tokenSinceMs = nowMs;
      free -= 1;
    }
  }
}

function mayStrike(state: EncounterState, { ranged, slot, xM, yM }: Fighter): boolean {
  if (ranged) return true;
  return slot >= 0 && (xM - state.targetXM) ** 2 + (yM - state.targetYM) ** 2 <= REACH_M ** 2;
}

function directiveOf(state: EncounterState, fighter: Fighter): Directive | undefined {
  const { entityId } = fighter;
  if (fighter.out) {
    if (fighter.order === FightOrder.UNSPECIFIED) return undefined;
    const exit = fighter.order === FightOrder.RETREAT ? safest(state) : undefined;
    const where = exit && { xM: exit.xM, yM: exit.yM, exitId: exit.id };
    return create(DirectiveSchema, { entityId, order: fighter.order, ...where });
  }
  fighter.order = orderOf(state, fighter);
  const [xM, yM] = fighter.slot >= 0 ? placeOfSlot(state, fighter.slot) : [fighter.xM, fighter.yM];
  return create(DirectiveSchema, { entityId, order: fighter.order, xM, yM });
}

function orderOf(state: EncounterState, fighter: Fighter): FightOrder {
  if (!fighter.joined) return FightOrder.HOLD;
  if (fighter.tokenSinceMs >= 0) return fighter.ranged ? FightOrder.SHOOT : FightOrder.STRIKE;
  if (fighter.slot >= 0 && !mayStrike(state, fighter)) return FightOrder.CLOSE_IN;
  return FightOrder.CIRCLE;
}

/** The exit that is farthest from the target. */
const safest = ({ exits, targetXM, targetYM }: EncounterState): Exit | undefined =>
  exits.reduce<Exit | undefined>((best, exit) => {
    const far = ({ xM, yM }: Exit) => (xM - targetXM) ** 2 + (yM - targetYM) ** 2;
    return best === undefined || far(exit) > far(best) ? exit : best;
  }, undefined);
