import { create } from "@bufbuild/protobuf";
import { type Candidate, carriedOf, type Facts, levelOf } from "@orrery/npc-mind";
import { type Goal, GoalKind, type Mind } from "@orrery/schema/npc/v1";
import { ActivityWhere, CarriedSchema } from "@orrery/schema/world/v1";
import { tellOf } from "../talk/talk.ts";
import { lackOf } from "../turn/larder.ts";
import { activityOf, type Turn, walkOf } from "../turn/turn.ts";
import { newsOf } from "./goals.ts";
import { begun, done, isMet } from "./ways.ts";

/** Nobody walks so long for the sake of a word, minutes. */
const LONG_WALK_MIN = 180;
const MINUTE_S = 60;

/** A step that somebody might do next, and what for. */
export interface Errand extends Candidate {
  readonly urge: number;
  readonly goal: GoalKind;
}

/** What something is a step towards, if anything. */
export const goalOf = (candidate: Candidate | Errand): GoalKind | undefined =>
  "goal" in candidate ? candidate.goal : undefined;

type Around = Pick<Turn, "state" | "standing"> & { readonly mind: Mind };

/** The next step of each goal that has a plan, each once. */
export function errandsOf(around: Around): readonly Errand[] {
  const errands = new Map<string, Errand>();
  for (const goal of around.mind.goals) {
    const [next] = goal.steps;
    const activity = activityOf(around, next?.activityId);
    const place = around.standing.country.atlas.place(next?.placeId ?? "");
    if (activity === undefined || place === undefined) continue;
    const [dx, dy] = [place.spot[0] - around.mind.xM, place.spot[1] - around.mind.yM];
    const metres = Math.sqrt(dx * dx + dy * dy);
    const urge = urgeOf(around, goal, metres);
    const name = `${activity.id} ${place.id}`;
    if (urge > (errands.get(name)?.urge ?? 0))
      errands.set(name, { activity, place, isSlot: false, metres, urge, goal: goal.kind });
  }
  return [...errands.values()];
}

function urgeOf(around: Around, { kind, need, priority }: Goal, metres: number): number {
  const { mind } = around;
  if (kind === GoalKind.MEET) return 1 - Math.max(0, levelOf(mind.needs, need));
  const minutes = metres / walkOf(around, mind) / MINUTE_S;
  return (priority / 1_000) * (1 - Math.min(1, minutes / LONG_WALK_MIN));
}

/** Whether there is a better way to meet a need than to try where what it takes is almost gone. */
export const isVain = ({ mind, state }: Around, { activity, place }: Candidate): boolean =>
  mind.goals.some(
    ({ kind, need, steps }) =>
      kind === GoalKind.MEET &&
      steps.length > 0 &&
      activity.serves.includes(need) &&
      lackOf(state, place.regionId, need)?.critical === true,
  );

/** A step is begun: what it takes is used, and whoever is called on hears it. */
export function beginStep(turn: Turn): void {
  const { mind } = turn;
  const activity = activityOf(turn, mind.doing?.activityId);
  if (activity === undefined) return;
  if (activity.takes.length > 0) keep(mind, begun(mind, activity));
  if (activity.where !== ActivityWhere.SOMEONE) return;
  const goal = atHand(mind);
  const other = turn.state.minds.has(goal?.toId ?? "") ? turn.state.minds.edit(goal?.toId ?? "") : undefined;
  const news = goal && newsOf(mind, goal);
  if (news !== undefined && isMet(other, turn)) tellOf(turn, other, news);
}

/** A step is done: the next one is what is left. */
export function endStep(turn: Turn): void {
  const { mind } = turn;
  const activity = activityOf(turn, mind.doing?.activityId);
  if (activity !== undefined && activity.leaves.length > 0) keep(mind, done(mind, activity));
  atHand(mind)?.steps.shift();
}

/** The goal whose next step they do. */
const atHand = ({ goals, doing }: Mind): Goal | undefined =>
  goals.find(
    ({ kind, steps: [next] }) =>
      kind === doing?.goal && next?.activityId === doing.activityId && next.placeId === doing.placeId,
  );

function keep(mind: Mind, facts: Facts): void {
  mind.carried = carriedOf(facts).map((one) => create(CarriedSchema, one));
}
