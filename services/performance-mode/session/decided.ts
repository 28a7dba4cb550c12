import { create } from "@bufbuild/protobuf";
import { DecisionSchema } from "@orrery/schema/performance/v1";
import type { Move, Outcome } from "../control/slow.ts";
import { learnedName } from "../write/ground.ts";
import type { Turn } from "../write/turn.ts";
import { DECISIONS_MOST, type Kept } from "./session.ts";
import type { Wants } from "./wants.ts";

/** Weight of the newest step in what is learned. */
const NEWEST = 0.2;

/** What a session keeps after a decision. */
export function decided(
  kept: Kept,
  { kind, knob, lane, ratio, auto, why }: Move,
  { p95Ms, targetMs }: Outcome,
  atMs: number,
): Kept {
  const decision = create(DecisionSchema, { atMs, kind, knob, bound: lane, ratio, why, p95Ms, targetMs });
  return {
    ...kept,
    auto: auto ?? kept.auto,
    decisions: [...kept.decisions, decision].slice(-DECISIONS_MOST),
  };
}

/** Takes in what a step of a knob gained on a device, for all of its class and engine. */
export function learn(
  turn: Turn,
  { deviceClass, engine }: Wants,
  { knob, ms }: { readonly knob: string; readonly ms: number },
): void {
  const row = { class: deviceClass, engine, knob };
  const name = learnedName(deviceClass, engine, knob);
  const known = turn.ground.learned.get(name);
  const now = {
    ms: known === undefined ? ms : known.ms + NEWEST * (ms - known.ms),
    steps: (known?.steps ?? 0) + 1,
  };
  turn.ground = { ...turn.ground, learned: new Map(turn.ground.learned).set(name, now) };
  turn.write(
    turn.db
      .insertInto("learned")
      .values({ ...row, ...now })
      .onConflict((conflict) => conflict.columns(["class", "engine", "knob"]).doUpdateSet(now)),
  );
}
