import { passDay, passHour, type Valley } from "@orrery/economy";
import type { Instant } from "@orrery/schema/time/v1";
import type { SeasonKind } from "@orrery/schema/world/v1";
import { booksToWrite } from "./books.ts";
import { liveDay } from "./days.ts";
import { letHappen } from "./events/happen.ts";
import { swayOf } from "./events/sway.ts";
import { labourOf } from "./shifts.ts";
import { skyAt } from "./sky.ts";
import type { RealmContext, RealmWorld } from "./state.ts";
import { sample, tellNews } from "./tell.ts";

const HOUR_GS = 3_600;
const DAY_GS = 86_400;
/** A longer time is one that nobody here heard of: the markets go on from where they are. */
const LONGEST_GAP_GS = 3 * DAY_GS;

/** Lets a world live until an hour strikes: a late or repeated one is nothing new, a missing one is lived through first. */
export function liveUntil(
  state: RealmWorld,
  now: Instant | undefined,
  atGs: number,
  ctx: RealmContext,
): void {
  const { root } = state;
  if (atGs - root.hourGs > LONGEST_GAP_GS) root.hourGs = atGs - HOUR_GS;
  for (let hourGs = root.hourGs + HOUR_GS; hourGs <= atGs; hourGs += HOUR_GS) {
    root.hourGs = hourGs;
    // Both count seasons alike.
    const season = (now?.season ?? 0) as number as SeasonKind;
    const { dayOfYear = 1 } = now ?? {};
    Object.assign(root, { season, dayOfYear });
    if (ctx.derived.valley !== undefined) liveHour(state, ctx.derived.valley, hourGs, ctx);
    letHappen(state, season, hourGs, ctx);
  }
}

function liveHour(state: RealmWorld, valley: Valley, atGs: number, ctx: RealmContext): void {
  const { season, dayOfYear } = state.root;
  const books = booksToWrite(state, valley);
  const news = passHour(valley, books, {
    ...{ atGs, season, dayOfYear },
    sky: skyAt(state, valley),
    labour: labourOf(state, valley, atGs),
    sway: swayOf(state, valley),
    luck: ctx.streams.stream("hour", atGs / HOUR_GS),
  });
  tellNews(state, valley, books, news, atGs, ctx);
  sample(valley, books, season, atGs, ctx);
  if (atGs % DAY_GS !== 0) return;
  if (ctx.derived.powers !== undefined) liveDay(state, ctx.derived.powers, valley, books, atGs, ctx);
  passDay(valley, books, atGs);
}
