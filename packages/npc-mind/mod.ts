export { fold, knownTo, reputeOf, weigh } from "./belief.ts";
export { through } from "./curve.ts";
export { candidatesFor, type Candidate, MOST_CANDIDATES, type Scene } from "./candidates.ts";
export { choose, type Choice } from "./choose.ts";
export { type Dated, dayNumberOf, type Habit, slotAt, slotsOf } from "./day.ts";
export { type Body, bodyAfter, diesWithin, FASTING_H, type Harm, harmOf } from "./health.ts";
export { feastsOn } from "./holidays.ts";
export { dangersOf } from "./lifespan.ts";
export { type Law, lawOf } from "./law.ts";
export {
  advance,
  CRITICAL,
  fallsTo,
  gain,
  levelOf,
  NEEDS,
  nextFall,
  RELIEVED,
  shown,
  STARTING_LEVELS,
  URGENT,
  WANTED,
} from "./needs.ts";
export { after, type Facts, plan, type Plan, type Way } from "./plan/plan.ts";
export { bringsOf, carriedOf, factsOf, met, TOLD, wayTo } from "./plan/ways.ts";
export { type Danger, frightOf, reflexOf, strengthOf } from "./reflex.ts";
export { type Mood, score, type Scored } from "./score.ts";
export { createSociety, type SocietyIndex } from "./society.ts";
export { MISTOLD, MOST_FACTS, retold, toTell, worthOf } from "./gossip.ts";
export { isLost, isOneOrigin, memoryScore, MOST_MEMORIES, remember } from "./memory.ts";
export {
  bandOf,
  KIN_AFFINITY,
  MOST_RELATIONS,
  moveRelation,
  relationNews,
  relationScore,
  relationTo,
  settleRelation,
  affinityBy,
} from "./relations.ts";
