import { type Market, ShortageLevel, ShortageWhy } from "@orrery/schema/world/v1";
import type { Books } from "./books.ts";
import type { Hour } from "./given.ts";
import { coverOf, wantedIn } from "./wants.ts";
import type { Valley } from "./valley.ts";

/** A good begins or ceases to be short in a place. */
export interface LevelChange {
  readonly market: number;
  readonly level: ShortageLevel;
  readonly coverDays: number;
  readonly unmet: number;
  readonly why: ShortageWhy;
}

const [SHORT_DAYS, CRITICAL_DAYS, EASED_DAYS] = [1.5, 0.5, 3];
/** People miss more than this for so many hours: it is short, however much there is. */
const [MISSED, MISSED_HOURS] = [0.2, 6];
const EASED_UNMET = 0.05;
const { SHORT, CRITICAL, EASED, UNSPECIFIED } = ShortageLevel;

/** Levels change at their edges: it runs short, almost none is left, and there is enough again. */
export function watchShortages(valley: Valley, books: Books, { season }: Hour): readonly LevelChange[] {
  const changes: LevelChange[] = [];
  books.markets.forEach((market, number) => {
    market.unmetHours = market.unmet > MISSED ? market.unmetHours + 1 : 0;
    const { place, staple } = valley.markets[number] as Valley["markets"][number];
    const purse = books.purses[place];
    if (staple && market.unmet > MISSED && purse !== undefined) purse.hungryHours += 1;
    const coverDays = coverOf(valley, books, number, season);
    const level = levelOf(market, coverDays, wantedIn(valley, books, number, season) > 0);
    if (level === market.level) return;
    market.level = level;
    const why =
      coverDays < SHORT_DAYS && market.unmetWhy === ShortageWhy.MONEY
        ? ShortageWhy.SCARCITY
        : market.unmetWhy;
    changes.push({
      market: number,
      level: level === UNSPECIFIED ? EASED : level,
      coverDays,
      unmet: market.unmet,
      why,
    });
  });
  return changes;
}

/** What it is from now on; UNSPECIFIED: none. */
function levelOf({ level, unmet, unmetHours }: Market, coverDays: number, wanted: boolean): ShortageLevel {
  if (!wanted) return UNSPECIFIED;
  const isShort = level === SHORT || level === CRITICAL;
  if (isShort && coverDays > EASED_DAYS && unmet < EASED_UNMET) return UNSPECIFIED;
  if (coverDays < CRITICAL_DAYS) return CRITICAL;
  if (isShort) return level;
  return coverDays < SHORT_DAYS || unmetHours >= MISSED_HOURS ? SHORT : UNSPECIFIED;
}
