import type { Purse } from "@orrery/schema/world/v1";
import type { Books } from "./books.ts";
import { peopleOf } from "./wants.ts";
import type { Valley } from "./valley.ts";
import { EASE_DAYS } from "./year.ts";

/** Of what people were cut off for they forget half in a year of 360 days. */
const KEPT_AN_HOUR = 0.5 ** (1 / (360 * 24));
/** What spoils is laid in for no longer than half of it would last. */
const SPOILED = 0.5;
const HOURS = 24;

/**
 * How many days a stock should last: until more comes, and as long as roads are known to be closed.
 * @param laysInDays what people there have learnt
 */
export function reachDays(
  { year, goods, places }: Valley,
  place: number,
  good: number,
  dayOfYear: number,
  laysInDays: number,
): number {
  const usual = year.reach(good, dayOfYear);
  const more = Math.max(laysInDays, places[place]?.storesDays ?? 0);
  const spoilage = goods[good]?.spoilage ?? 0;
  const lasts = spoilage === 0 ? more : Math.min(more, SPOILED / spoilage);
  return Math.max(usual, EASE_DAYS + lasts);
}

/** Counts how long people are cut off; once they are not any more, they lay in for as long. */
export function learnStores(valley: Valley, books: Books): void {
  const near = mostOf(valley, books);
  books.purses.forEach((purse, place) => {
    purse.laysInDays *= KEPT_AN_HOUR;
    if (!near.has(place)) purse.cutOffHours += 1;
    else if (purse.cutOffHours > 0) comeBack(purse);
  });
}

function comeBack(purse: Purse): void {
  purse.laysInDays = Math.max(purse.laysInDays, purse.cutOffHours / HOURS);
  purse.cutOffHours = 0;
}

/** The places that open roads join, of which most people live in. */
function mostOf({ places, links, ...valley }: Valley, books: Books): ReadonlySet<number> {
  const seen = new Set<number>();
  let [most, best] = [new Set<number>(), -1];
  for (let from = 0; from < places.length; from++) {
    if (seen.has(from)) continue;
    const joined = new Set([from]);
    for (const place of joined)
      for (const number of places[place]?.links ?? []) {
        const link = links[number];
        if (link === undefined || books.routes[number]?.open !== true) continue;
        joined.add(link.from === place ? link.to : link.from);
      }
    let people = 0;
    for (const place of joined) {
      seen.add(place);
      people += peopleOf({ places, links, ...valley }, books, place);
    }
    if (people > best) [most, best] = [joined, people];
  }
  return most;
}
