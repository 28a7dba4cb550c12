import { create } from "@bufbuild/protobuf";
import { isLost, KIN_AFFINITY, levelOf, NEEDS, relationScore, TOLD, WANTED, worthOf } from "@orrery/npc-mind";
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

/** What they have come to know since they thought of it last; the youngest go nowhere with it. */
function setNews(turn: Turn): void {
  const { mind, nowGs, standing } = turn;
  const ways = standing.country.society.leadingTo(TOLD);
  if (!ways.some(({ fromAge, toAge }) => mind.ageYears >= fromAge && mind.ageYears <= toAge)) return;
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
    // It is on one's mind in any case: more than what one does for want of anything else.
    priority: thousandths(0.5 + 0.5 * worth * (0.5 + 0.5 * dear.score)),
  });
}

interface Dear {
  readonly toId: string;
  readonly score: number;
}

/** Whoever is dearest of those who are elsewhere, and whom it is neither about nor from. */
function confidantOf(turn: Turn, { fact, tellerId }: Memory): Dear | undefined {
  const { mind, state } = turn;
  const known = mind.relations.map((relation) => ({ toId: relation.toId, score: relationScore(relation) }));
  return [...known, ...kinOf(turn)]
    .filter(({ toId, score }) => {
      const placeId = state.minds.get(toId)?.placeId;
      if (score < DEAR || placeId === undefined || (placeId !== "" && placeId === mind.placeId)) return false;
      return toId !== tellerId && toId !== fact?.subject && toId !== fact?.object;
    })
    .reduce<Dear | undefined>(
      (best, one) => (best === undefined || one.score > best.score ? one : best),
      undefined,
    );
}

/** Those of a household with whom nothing has happened yet. */
function kinOf({ mind, standing }: Turn): Dear[] {
  const known = new Set(mind.relations.map(({ toId }) => toId));
  const score = relationScore({ affinity: KIN_AFFINITY, trust: 0, respect: 0, fear: 0 });
  return standing.households
    .at(mind.householdId)
    .filter((id) => id !== mind.npcId && !known.has(id))
    .map((toId) => ({ toId, score }));
}
