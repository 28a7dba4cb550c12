import type { Purse } from "@orrery/schema/world/v1";
import type { Books } from "./books.ts";
import { peopleOf } from "./wants.ts";
import type { Valley } from "./valley.ts";

/** A quarter of what a purse is away from the mean a head evens out in a day. */
const LEFT_AN_HOUR = 0.75 ** (1 / 24);

/** Wages, rents and kin: money goes from where there is much of it to where there is little, and not a penny is lost. */
export function payWages(valley: Valley, books: Books): void {
  const people = valley.places.map((_, place) => peopleOf(valley, books, place));
  const everybody = people.reduce((sum, count) => sum + count, 0);
  if (everybody === 0) return;
  const money = books.purses.reduce((sum, purse) => sum + purse.money, 0);
  let given = 0;
  books.purses.forEach((purse, place) => {
    const mean = (money / everybody) * (people[place] ?? 0);
    const next = Math.floor(mean + LEFT_AN_HOUR * (purse.money - mean));
    given += next - purse.money;
    purse.money = next;
  });
  // Fewer pennies than places are over: whoever has least a head gets them.
  const poorest = books.purses
    .map((purse, place) => ({ purse, head: purse.money / Math.max(1, people[place] ?? 0), place }))
    .filter(({ place }) => (people[place] ?? 0) > 0)
    .reduce((least, one) => (one.head < least.head ? one : least));
  (poorest.purse as Purse).money -= given;
}
