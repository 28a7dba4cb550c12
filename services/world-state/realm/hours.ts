import { passDay, passHour } from "@orrery/economy";
import type { Instant } from "@orrery/schema/time/v1";
import type { SeasonKind } from "@orrery/schema/world/v1";
import { booksToWrite } from "./books.ts";
import { liveDay } from "./days.ts";
import { labourOf } from "./shifts.ts";
import { skyAt } from "./sky.ts";
import type { RealmContext, RealmWorld } from "./state.ts";
import { sample, tellNews } from "./tell.ts";

const HOUR_GS = 3_600;
const DAY_GS = 86_400;
/** A longer time is one that nobody here heard of: the markets go on from where they are. */
const LONGEST_GAP_GS = 3 * DAY_GS;

/** Lets the markets live until an hour strikes: a late or repeated one is nothing new, a missing one is lived through first. */
export function liveUntil(
  state: RealmWorld,
  now: Instant | undefined,
  atGs: number,
  ctx: RealmContext,
): void {
  const { root } = state;
  const { valley, powers } = ctx.derived;
  if (atGs - root.hourGs > LONGEST_GAP_GS) root.hourGs = atGs - HOUR_GS;
  for (let hourGs = root.hourGs + HOUR_GS; hourGs <= atGs; hourGs += HOUR_GS) {
    root.hourGs = hourGs;
    if (valley === undefined) continue;
    const books = booksToWrite(state, valley);
    // Both count seasons alike.
    const season = (now?.season ?? 0) as number as SeasonKind;
    const { dayOfYear = 1 } = now ?? {};
    Object.assign(root, { season, dayOfYear });
    const news = passHour(valley, books, {
      atGs: hourGs,
      season,
      dayOfYear,
      sky: skyAt(state, valley),
      labour: labourOf(state, valley, hourGs),
      luck: ctx.streams.stream("hour", hourGs / HOUR_GS),
    });
    tellNews(valley, books, news, hourGs, ctx);
    sample(valley, books, season, hourGs, ctx);
    if (hourGs % DAY_GS !== 0) continue;
    if (powers !== undefined) liveDay(state, powers, valley, books, hourGs, ctx);
    passDay(valley, books, hourGs);
  }
}
