import type { Purse } from "@orrery/schema/world/v1";
import type { Books } from "./books.ts";
import type { Valley } from "./valley.ts";

const DAY_GS = 86_400;
const HOUSEHOLD = 5;
/** Households leave after so many days in a row in which a staple was lacking most of the day. */
const HUNGRY_DAYS = 10;
const HUNGRY_HOURS = 12;
const LEAVING = 0.01;
const STAY_DAYS = 30;

/** Households leave a place. */
export interface Leaving {
  readonly from: number;
  readonly to: number;
  readonly people: number;
}

/**
 * At the end of a day: where bread was lacking for long, some of the crowd go to where it is not; where it has not been for
 * long, some come back.
 */
export function passDay(valley: Valley, books: Books, atGs: number): readonly Leaving[] {
  for (const purse of books.purses) {
    purse.hungryDays = purse.hungryHours > HUNGRY_HOURS ? purse.hungryDays + 1 : 0;
    purse.hungryHours = 0;
  }
  const leaving: Leaving[] = [];
  const move = (one: Leaving | undefined) => {
    if (one === undefined) return;
    moveTo(valley, books, one);
    leaving.push(one);
  };
  const places = valley.places.flatMap(({ outside }, place) => (outside ? [] : [place]));
  for (const place of places) {
    const one = fleeing(valley, books, place, atGs);
    move(one);
    if (one !== undefined) (books.purses[place] as Purse).movedGs = atGs;
  }
  for (const place of places) move(comingBack(valley, books, place, atGs));
  return leaving;
}

/** Places inside the valley at the other ends of roads that are open. */
const neighboursOf = (valley: Valley, books: Books, place: number): readonly number[] =>
  (valley.places[place]?.links ?? [])
    .filter((link) => books.routes[link]?.open === true)
    .map((link) => valley.links[link] as Valley["links"][number])
    .map(({ from, to }) => (from === place ? to : from))
    .filter((other) => valley.places[other]?.outside === false);

function fleeing(valley: Valley, books: Books, from: number, atGs: number): Leaving | undefined {
  const { hungryDays, crowd } = books.purses[from] as Purse;
  if (hungryDays < HUNGRY_DAYS || crowd === 0) return undefined;
  const [to] = neighboursOf(valley, books, from)
    .filter((place) => books.purses[place]?.hungryDays === 0 && !wasLeft(books, place, atGs))
    .toSorted((one, other) => (books.purses[other]?.money ?? 0) - (books.purses[one]?.money ?? 0));
  return to === undefined ? undefined : { from, to, people: Math.min(crowd, someOf(crowd)) };
}

/** Of what there was in the beginning; a place that had nobody is never empty. */
const fullness = (valley: Valley, books: Books, place: number, more = 0): number => {
  const first = valley.places[place]?.crowd ?? 0;
  return first === 0 ? Number.POSITIVE_INFINITY : ((books.purses[place]?.crowd ?? 0) + more) / first;
};

/** To a place that has fewer than in the beginning, from the fullest of its neighbours, as long as that stays the fuller one. */
function comingBack(valley: Valley, books: Books, to: number, atGs: number): Leaving | undefined {
  const { hungryDays, crowd } = books.purses[to] as Purse;
  const first = valley.places[to]?.crowd ?? 0;
  if (crowd >= first || hungryDays > 0 || wasLeft(books, to, atGs)) return undefined;
  const people = Math.min(first - crowd, someOf(first));
  const [from] = neighboursOf(valley, books, to)
    .filter((place) => (books.purses[place]?.crowd ?? 0) >= people)
    .filter((place) => fullness(valley, books, place, -people) >= fullness(valley, books, to, people))
    .toSorted((one, other) => fullness(valley, books, other) - fullness(valley, books, one));
  return from === undefined ? undefined : { from, to, people };
}

const someOf = (crowd: number) => Math.max(HOUSEHOLD, Math.round(crowd * LEAVING));

/** What they have they take along. */
function moveTo(valley: Valley, books: Books, { from, to, people }: Leaving): void {
  const [left, host] = [books.purses[from] as Purse, books.purses[to] as Purse];
  const taken = Math.floor((left.money * people) / (left.crowd + (valley.places[from]?.named ?? 0)));
  left.crowd -= people;
  left.money -= taken;
  host.crowd += people;
  host.money += taken;
}

/** Nobody comes to where others have left lately. */
function wasLeft({ purses }: Books, place: number, atGs: number): boolean {
  const movedGs = purses[place]?.movedGs ?? 0;
  return movedGs > 0 && atGs - movedGs < STAY_DAYS * DAY_GS;
}
