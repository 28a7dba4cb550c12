import { create } from "@bufbuild/protobuf";
import { isLost, levelOf, NEEDS, relationScore, WANTED, worthOf } from "@orrery/npc-mind";
import { type Goal, GoalKind, GoalSchema, type Memory, type Mind } from "@orrery/schema/npc/v1";
import { lackOf } from "../turn/larder.ts";
import { type Turn, USUAL_TRAITS } from "../turn/turn.ts";

const DAY_GS = 86_400;
const MOST_GOALS = 10;
/** What matters so much makes people go and tell somebody. */
const WEIGHTY = 0.7;
const MOST_HOPS = 6;
/** Whom somebody would go to: warm at least. */
const DEAR = 0.1;
const [MEET_GS, TELL_GS] = [DAY_GS, 2 * DAY_GS];
const thousandths = (value: number) => Math.round(Math.min(1, Math.max(0, value)) * 1_000);

export function setGoals(turn: Turn): void {
  setNeeds(turn);
  setNews(turn);
}

/** Of too many, what urges least is forgotten. */
function add({ goals }: Mind, goal: Goal): void {
  goals.push(goal);
  if (goals.length <= MOST_GOALS) return;
  const least = goals.reduce((one, other) => (other.priority < one.priority ? other : one));
  goals.splice(goals.indexOf(least), 1);
}

/** A need that is not met, where what it takes is almost gone. */
function setNeeds({ mind, nowGs, state }: Turn): void {
  for (const need of NEEDS) {
    const level = levelOf(mind.needs, need);
    if (level >= WANTED || mind.goals.some((goal) => goal.kind === GoalKind.MEET && goal.need === need))
      continue;
    if (lackOf(state, mind.regionId, need)?.critical !== true) continue;
    const [sinceGs, untilGs, priority] = [nowGs, nowGs + MEET_GS, thousandths(1 - level)];
    add(mind, create(GoalSchema, { kind: GoalKind.MEET, need, sinceGs, untilGs, priority }));
  }
}

/** What they have come to know since they thought of it last. */
function setNews(turn: Turn): void {
  const { mind, nowGs } = turn;
  for (const memory of mind.memories) {
    if (memory.atGs < mind.thoughtGs || memory.importance < WEIGHTY || memory.hops >= MOST_HOPS) continue;
    if (isLost(memory, nowGs)) continue;
    const goal = goalToTell(turn, memory);
    if (goal !== undefined) add(mind, goal);
  }
  mind.thoughtGs = nowGs;
}

function goalToTell(turn: Turn, memory: Memory): Goal | undefined {
  const { mind, nowGs } = turn;
  const { originPublisher, originSequence, confidence } = memory;
  const isSet = mind.goals.some(
    (goal) => goal.originPublisher === originPublisher && goal.originSequence === originSequence,
  );
  const dear = isSet ? undefined : confidantOf(turn, memory);
  if (dear === undefined) return undefined;
  const worth = worthOf(memory, mind.traits ?? USUAL_TRAITS) * confidence;
  return create(GoalSchema, {
    ...{ kind: GoalKind.TELL, toId: dear.toId, originPublisher, originSequence },
    ...{ sinceGs: nowGs, untilGs: nowGs + TELL_GS },
    priority: thousandths(worth * (0.5 + 0.5 * relationScore(dear))),
  });
}

/** The dearest of those who do not live with them, and whom it is not about or from. */
function confidantOf({ mind, state }: Turn, { fact, tellerId }: Memory) {
  return mind.relations
    .filter(({ toId }) => {
      const other = state.minds.get(toId);
      if (other === undefined || toId === tellerId || toId === fact?.subject || toId === fact?.object)
        return false;
      return other.homePlaceId !== mind.homePlaceId;
    })
    .map((relation) => ({ relation, score: relationScore(relation) }))
    .filter(({ score }) => score >= DEAR)
    .reduce<{ relation: Mind["relations"][number]; score: number } | undefined>(
      (best, one) => (best === undefined || one.score > best.score ? one : best),
      undefined,
    )?.relation;
}
