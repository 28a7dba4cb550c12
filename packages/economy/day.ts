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

/** At the end of a day: where bread was lacking for long, some of the crowd go to where it is not. */
export function passDay(valley: Valley, books: Books, atGs: number): readonly Leaving[] {
  const leaving: Leaving[] = [];
  for (const purse of books.purses) {
    purse.hungryDays = purse.hungryHours > HUNGRY_HOURS ? purse.hungryDays + 1 : 0;
    purse.hungryHours = 0;
  }
  valley.places.forEach(({ links, outside }, from) => {
    const purse = books.purses[from] as Purse;
    if (outside || purse.hungryDays < HUNGRY_DAYS || purse.crowd === 0) return;
    const to = links
      .filter((link) => books.routes[link]?.open === true)
      .map(
        (link) =>
          (valley.links[link]?.from === from ? valley.links[link]?.to : valley.links[link]?.from) ?? from,
      )
      .filter((place) => valley.places[place]?.outside === false && books.purses[place]?.hungryDays === 0)
      .filter((place) => !wasLeft(books, place, atGs))
      .toSorted((one, other) => (books.purses[other]?.money ?? 0) - (books.purses[one]?.money ?? 0))[0];
    if (to === undefined) return;
    const people = Math.min(purse.crowd, Math.max(HOUSEHOLD, Math.round(purse.crowd * LEAVING)));
    const host = books.purses[to] as Purse;
    const taken = Math.floor((purse.money * people) / (purse.crowd + (valley.places[from]?.named ?? 0)));
    purse.crowd -= people;
    purse.money -= taken;
    purse.movedGs = atGs;
    host.crowd += people;
    host.money += taken;
    leaving.push({ from, to, people });
  });
  return leaving;
}

/** Nobody comes to where others have just left. */
function wasLeft({ purses }: Books, place: number, atGs: number): boolean {
  const movedGs = purses[place]?.movedGs ?? 0;
  return movedGs > 0 && atGs - movedGs < STAY_DAYS * DAY_GS;
}
