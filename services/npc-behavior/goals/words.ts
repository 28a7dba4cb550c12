import { BlockedBy, type Goal, GoalKind, type GoalShownInit, type Mind } from "@orrery/schema/npc/v1";
import { Need, SpeechAct } from "@orrery/schema/world/v1";
import { factInWords, nameIn } from "../talk/lines.ts";
import { activityOf, type Turn } from "../turn/turn.ts";
import { newsOf } from "./goals.ts";

type Around = Pick<Turn, "state" | "standing">;

/** What somebody wants who has too little of a need, after "wants". */
export const WISHES: Readonly<Record<number, string>> = {
  [Need.REST]: "to lie down",
  [Need.FOOD]: "something to eat",
  [Need.WARMTH]: "to be warm again",
  [Need.SAFETY]: "to feel safe",
  [Need.COMPANY]: "company",
  [Need.STANDING]: "to be thought well of",
  [Need.PURPOSE]: "to be of use",
};

const OBSTACLES: Readonly<Record<number, string>> = {
  [BlockedBy.UNSPECIFIED]: "three ways came to nothing, and they wait an hour",
  [BlockedBy.NO_STOCK]: "there is none anywhere",
  [BlockedBy.NO_ROUTE]: "the way there is barred",
  [BlockedBy.NO_MONEY]: "there is no money to pay for it",
  [BlockedBy.NOT_THERE]: "nobody was to be found",
  [BlockedBy.NO_WAY]: "nobody knows of a way",
};

/** What somebody has set themselves, the most urgent first. */
export const goalsInWords = (around: Around, mind: Mind): GoalShownInit[] =>
  mind.goals
    .toSorted((one, other) => other.priority - one.priority)
    .map((goal) => ({
      text: wishOf(around, mind, goal),
      steps: goal.steps.map((step) => inWords(around, step)),
      obstacle: obstacleIn(goal),
      priority: goal.priority / 1_000,
      sinceGs: goal.sinceGs,
      untilGs: goal.untilGs,
    }));

/** After "wants". */
export function wishOf(around: Around, mind: Mind, goal: Goal): string {
  if (goal.kind === GoalKind.MEET) return WISHES[goal.need] ?? "something";
  const words = factInWords(around, newsOf(mind, goal)?.fact, SpeechAct.GOSSIP);
  return `to tell ${nameIn(around, goal.toId)}${words === "" ? " the news" : `: "${words}"`}`;
}

const inWords = (around: Around, { activityId, placeId }: Goal["steps"][number]): string =>
  `${activityOf(around, activityId)?.says ?? activityId} at ${nameIn(around, placeId)}`;

/** What is in the way; "": there is a plan. */
export const obstacleIn = ({ steps, blockedBy }: Goal): string =>
  steps.length > 0 ? "" : (OBSTACLES[blockedBy] ?? "");
