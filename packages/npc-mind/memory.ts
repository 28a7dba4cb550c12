import type { Memory } from "@orrery/schema/npc/v1";
import type { Fact } from "@orrery/schema/world/v1";

const DAY_GS = 86_400;
/** Half of a memory is gone after three days, of what matters most after thirty. */
const HALF_LIFE_DAYS = 3;
const IMPORTANCE_KEEPS = 9;
/** Below it is lost, unless it matters as much as the other one. */
const LOST = 0.05;
const NEVER_LOST = 0.9;
export const MOST_MEMORIES = 96;

type Weighed = Pick<Memory, "importance" | "atGs">;

/** What a memory weighs now, 0..1. @param relevance to what is in hand, 0..1 */
export function memoryScore({ importance, atGs }: Weighed, nowGs: number, relevance = 1): number {
  const halfLifeGs = HALF_LIFE_DAYS * (1 + IMPORTANCE_KEEPS * importance) * DAY_GS;
  return importance * 2 ** (-Math.max(0, nowGs - atGs) / halfLifeGs) * (0.2 + 0.8 * relevance);
}

export const isLost = (memory: Weighed, nowGs: number): boolean =>
  memory.importance < NEVER_LOST && memoryScore(memory, nowGs) < LOST;

/** Whether both go back to the same event. */
export const isOneOrigin = (
  one: Pick<Memory, "originPublisher" | "originSequence">,
  other: Pick<Memory, "originPublisher" | "originSequence">,
): boolean => one.originPublisher === other.originPublisher && one.originSequence === other.originSequence;

const isAboutOne = (one: Fact | undefined, other: Fact | undefined): boolean =>
  one?.subject === other?.subject && one?.object === other?.object && one?.place === other?.place;

/**
 * Takes in a memory. One that goes back to the same event is known: hearing it again makes nobody surer. What is newer about
 * the same thing takes its place; of too many the one that weighs least goes.
 * @param known all that somebody knows, if that is more than their memories
 * @returns whether it is new
 */
export function remember(
  memories: Memory[],
  memory: Memory,
  nowGs: number,
  known: readonly Memory[] = memories,
): boolean {
  if (known.some((one) => isOneOrigin(one, memory))) return false;
  const about = memories.findIndex(({ fact }) => isAboutOne(fact, memory.fact));
  const older = memories[about];
  if (older !== undefined) {
    // What was heard late may be of long ago.
    if (older.originPublisher === memory.originPublisher && older.originSequence > memory.originSequence)
      return false;
    memories.splice(about, 1);
  }
  memories.push(memory);
  for (let i = memories.length - 1; i >= 0; i--)
    if (isLost(memories[i] as Memory, nowGs)) memories.splice(i, 1);
  while (memories.length > MOST_MEMORIES) memories.splice(lightest(memories, nowGs), 1);
  return true;
}

function lightest(memories: readonly Memory[], nowGs: number): number {
  let [least, at] = [Number.POSITIVE_INFINITY, 0];
  memories.forEach((memory, i) => {
    const score = memoryScore(memory, nowGs);
    if (score < least) [least, at] = [score, i];
  });
  return at;
}
