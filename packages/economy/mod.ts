export {
  type Books,
  firstMarket,
  firstPurse,
  firstRoute,
  imbalanceOf,
  moneyOf,
  openBooks,
  type Shipments,
} from "./books.ts";
export { type Leaving, passDay } from "./day.ts";
export { FAIR, type Hour, type PlaceSky, type Sway, UNSWAYED } from "./given.ts";
export { type HourNews, passHour } from "./hour.ts";
export { coverOf, peopleOf, priceOf, useOf } from "./wants.ts";
export { firstDayOfYear, groundOf } from "./ground.ts";
export { outputOf } from "./make.ts";
export {
  HIGHEST_PRICE,
  LOWEST_PRICE,
  type PriceMove,
  type PriceTerms,
  priceTerms,
  trendOf,
} from "./price.ts";
export { quote } from "./quote.ts";
export type { LevelChange } from "./shortage.ts";
export {
  createValley,
  type Ground,
  type Link,
  type MarketSite,
  type Place,
  type Valley,
  type Works,
} from "./valley.ts";
