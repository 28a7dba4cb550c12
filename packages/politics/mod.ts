export {
  type Affairs,
  type Day,
  firstAffairs,
  firstControl,
  firstRelation,
  firstStanding,
  landsOf,
  type Till,
  treasuriesOf,
} from "./affairs.ts";
export { bordersOf } from "./borders.ts";
export { type ControlNews, FREE, isContested, type Pull, pullOf, sharesOf, sumOf } from "./control.ts";
export { actions, beginDay, type Deed, endDay, takeStock } from "./day.ts";
export {
  esteemAt,
  type EsteemNews,
  esteemNews,
  firstEsteem,
  isForgotten,
  moveEsteem,
  partsAt,
} from "./esteem.ts";
export { judge, type Judgement, type PlayerDeed } from "./judge.ts";
export { createPowers, type Party, type PowerGround, type Powers } from "./powers.ts";
export { pairIdsOf, type RelationNews } from "./relation.ts";
export { type Plan, weigh } from "./weigh.ts";
